// The `bencode` package brings no types; declared is what is used of it.
declare module 'bencode' {
  const bencode: { encode(value: unknown): Uint8Array<ArrayBuffer> };
  export default bencode;
}

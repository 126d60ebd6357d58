const TEXT = 0x81;
const MAX_BUFFERED_BYTES = 1 << 20;

/** Cuts a server's bytes into its text messages; it sends nothing else, and each in one frame. */
export class ServerFrames {
  #held: Buffer = Buffer.alloc(0);

  /** Calls `onMessage` with each message's bytes, which are only good during the call. */
  push(chunk: Buffer, onMessage: (payload: Buffer) => void): void {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const payload = cutFrame(bytes);
      if (payload === undefined) break;
      bytes = bytes.subarray(payload.byteOffset - bytes.byteOffset + payload.length);
      onMessage(payload);
    }
    if (bytes.length > MAX_BUFFERED_BYTES) throw new Error('A message is too long');
    // A copy: the chunk's memory is used again.
    this.#held = Buffer.from(bytes);
  }
}

/** The payload of the first frame (RFC 6455, 5.2); `undefined` while a part of it is still to come. */
function cutFrame(bytes: Buffer): Buffer | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  if (first !== TEXT) throw new Error(`The server sent a frame of type ${first.toString(16)}`);
  if (second === 127) throw new Error('The server sent a message of 64 KB or more');
  const start = second === 126 ? 4 : 2;
  if (bytes.length < start) return undefined;
  const end = start + (second === 126 ? bytes.readUInt16BE(2) : second);
  return bytes.length < end ? undefined : bytes.subarray(start, end);
}

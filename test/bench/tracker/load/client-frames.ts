/** Head of a masked frame with a 16-bit length (RFC 6455, 5.2): every message here is of 126 to 65,535 bytes. */
const HEAD_BYTES = 8;
const FINAL_TEXT = 0x81;
const MASKED_16_BIT = 0xfe;

/** A client's text message as it is sent: masked, as a browser's is, or a server would save the work of unmasking. */
export class ClientFrame {
  readonly bytes: Buffer;
  readonly #mask: Buffer;

  constructor(payload: Buffer, mask: Buffer) {
    if (payload.length < 126 || payload.length > 65_535)
      throw new Error('not a frame of this form');
    this.#mask = mask;
    this.bytes = Buffer.allocUnsafe(HEAD_BYTES + payload.length);
    this.bytes[0] = FINAL_TEXT;
    this.bytes[1] = MASKED_16_BIT;
    this.bytes.writeUInt16BE(payload.length, 2);
    mask.copy(this.bytes, 4);
    this.patch(0, payload);
  }

  /** Puts other bytes of the same number at `offset` of the payload. */
  patch(offset: number, bytes: Uint8Array): void {
    const start = HEAD_BYTES + offset;
    for (let index = 0; index < bytes.length; index += 1) {
      this.bytes[start + index] = (bytes[index] ?? 0) ^ (this.#mask[(offset + index) & 3] ?? 0);
    }
  }
}

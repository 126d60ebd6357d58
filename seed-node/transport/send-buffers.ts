/** Handed to the operating system at a time: fewer and larger writes take less of the processor. */
export const FULL_BYTES: number = 256 * 1024;
/** With room for the blocks that are on their way when it fills. */
export const SEND_BUFFER_BYTES: number = FULL_BYTES + 80 * 1024;
/** Buffers kept for the next who sends. */
const MAX_SPARE_BUFFERS = 64;

const spares: Buffer[] = [];

/** Memory for one write, of whatever content. */
export function takeSendBuffer(): Buffer {
  return spares.pop() ?? Buffer.allocUnsafeSlow(SEND_BUFFER_BYTES);
}

/** Gives it back once the write is over. */
export function returnSendBuffer(buffer: Buffer): void {
  if (spares.length < MAX_SPARE_BUFFERS) spares.push(buffer);
}

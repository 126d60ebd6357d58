/** The parts of a reply that the bench looks at. */
export interface HttpReply {
  readonly status: number;
  readonly body: Buffer;
  /** Bytes of the reply, its head included. */
  readonly length: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

/** The HTTP reply that `bytes` begin with; `undefined` while a part of it is still to come. */
export function readHttpReply(bytes: Buffer): HttpReply | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const start = headEnd + 4;
  const stated = /\r\ncontent-length: *([0-9]+)/i.exec(head)?.[1];
  if (stated !== undefined) {
    const end = start + Number(stated);
    return bytes.length < end
      ? undefined
      : { status, body: bytes.subarray(start, end), length: end };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) {
    throw new Error(`A reply without a length: ${head}`);
  }
  return readChunks(bytes, start, status);
}

/** RFC 9112, 7.1: chunks, each behind its length in hex, the last one empty; nobody here sends trailers. */
function readChunks(bytes: Buffer, start: number, status: number): HttpReply | undefined {
  const parts: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const chunkStart = lineEnd + 2;
    at = chunkStart + size + 2;
    if (Number.isNaN(size)) throw new Error('A chunk without a length');
    if (bytes.length < at) return undefined;
    if (size === 0) {
      const [only] = parts;
      const body = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
      return { status, body, length: at };
    }
    parts.push(bytes.subarray(chunkStart, chunkStart + size));
  }
}

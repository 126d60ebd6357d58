import type { ServerResponse } from 'node:http';
import type { ActiveTorrent } from '../library/active-torrents.ts';
import type { ReadGate } from './read-gate.ts';

/** Bytes read at a time. A transfer holds two such blocks: one on its way, the next one being read. */
const MAX_READ_BYTES = 512 * 1024;
const ZEROS = new Uint8Array(MAX_READ_BYTES);

/** Verified bytes of a torrent, or zeros where `offsetBytes` is undefined. */
export interface ByteSource {
  readonly torrent: ActiveTorrent;
  readonly offsetBytes: number | undefined;
  readonly lengthBytes: number;
  readonly gate: ReadGate;
  /** Told of each block that was handed to the operating system, or is about to be. */
  readonly onSent: (bytes: number) => void;
}

/**
 * Sends bytes as the body of a response, and ends it. `writeHead` is called when the first ones are there. Throws
 * `PieceWithheld` at a bad piece: then nothing of it was sent. Returns early where the client left.
 */
export async function sendBytes(
  source: ByteSource,
  response: ServerResponse,
  writeHead: () => void,
): Promise<void> {
  let nextOffset = 0;
  const readNext = (): Promise<Uint8Array> => {
    const reading = readBlock(source, nextOffset);
    // Who left in the middle does not wait for what is being read.
    reading.catch(() => {});
    return reading;
  };
  let pending = readNext();
  while (!response.destroyed) {
    const block = await pending;
    if (response.destroyed) break;
    if (!response.headersSent) writeHead();
    nextOffset += block.length;
    const isLast = nextOffset === source.lengthBytes;
    if (!isLast) pending = readNext();
    const hasRoom = response.write(block);
    source.onSent(block.length);
    if (isLast) response.end();
    else if (!hasRoom) await roomOrEnd(response);
    if (isLast) return;
  }
}

/** The block at `offset` of the source: it ends where its piece does. */
async function readBlock(source: ByteSource, offset: number): Promise<Uint8Array> {
  const { torrent, gate } = source;
  const left = Math.min(MAX_READ_BYTES, source.lengthBytes - offset);
  if (source.offsetBytes === undefined) return ZEROS.subarray(0, left);
  const start = source.offsetBytes + offset;
  const pieceIndex = torrent.layout.pieceAt(start);
  const beginBytes = start - torrent.layout.offsetBytes(pieceIndex);
  const lengthBytes = Math.min(left, torrent.layout.lengthBytes(pieceIndex) - beginBytes);
  return gate.run(() => torrent.readBlock({ pieceIndex, beginBytes, lengthBytes }));
}

/** Resolves when the client has taken what was written, or has left. */
function roomOrEnd(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

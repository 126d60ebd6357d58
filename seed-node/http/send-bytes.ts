import type { ServerResponse } from 'node:http';
import type { ActiveTorrent } from '../library/active-torrents.ts';
import type { Turns } from '../storage/turns.ts';
import type { UploadThrottle } from '../transport/upload-throttle.ts';

/** Of each of a transfer's two buffers: one is on its way while the other is filled. */
const BUFFER_BYTES = 256 * 1024;
/** Asked for at a time where the upload is held to a rate: many transfers then have something to send in turn. */
const THROTTLED_BYTES = 16 * 1024;
/** What comes so much later is read already. */
const READ_AHEAD_BYTES = 1024 * 1024;
const ZEROS = new Uint8Array(BUFFER_BYTES);

/** Verified bytes of a torrent, or zeros where `offsetBytes` is undefined. */
export interface ByteSource {
  readonly torrent: ActiveTorrent;
  readonly offsetBytes: number | undefined;
  readonly lengthBytes: number;
  /** Reads of all transfers. */
  readonly reads: Turns;
  /** Holds the upload to a rate, where one is set. */
  readonly throttle?: UploadThrottle | undefined;
  /** Told of bytes that were handed to the operating system, or are about to be. */
  readonly onSent: (bytes: number) => void;
}

/**
 * Sends bytes as the body of a response, and ends it. `writeHead` is called when the first ones are there. Throws
 * `PieceWithheld` at a bad piece: then nothing of it was sent. Returns early where the client left.
 *
 * Invariant: a buffer is filled only when what it held before was taken by the operating system.
 */
export async function sendBytes(
  source: ByteSource,
  response: ServerResponse,
  writeHead: () => void,
): Promise<void> {
  const { throttle } = source;
  const maxBytes = throttle === undefined ? BUFFER_BYTES : THROTTLED_BYTES;
  const size = Math.min(maxBytes, source.lengthBytes);
  const buffers =
    source.offsetBytes === undefined ? [] : [new Uint8Array(size), new Uint8Array(size)];
  let previous: Promise<void> = Promise.resolve();
  for (let sentBytes = 0, turn = 0; sentBytes < source.lengthBytes; turn += 1) {
    const left = Math.min(size, source.lengthBytes - sentBytes);
    if (throttle !== undefined) {
      await turnOf(response, left, throttle);
      if (response.destroyed) return;
    }
    const block = await fill(buffers[turn % 2] ?? ZEROS.subarray(0, size), source, sentBytes);
    await previous;
    if (response.destroyed) return;
    if (!response.headersSent) writeHead();
    previous = write(response, block);
    sentBytes += block.length;
    source.onSent(block.length);
  }
  await previous;
  response.end();
}

/** Resolves when so many bytes may be sent, or the client has left. */
function turnOf(response: ServerResponse, bytes: number, throttle: UploadThrottle): Promise<void> {
  return new Promise((resolve) => {
    const leave = (): void => {
      throttle.leave(response);
      resolve();
    };
    if (response.destroyed) {
      resolve();
      return;
    }
    response.once('close', leave);
    throttle.ask(response, bytes, () => {
      response.off('close', leave);
      resolve();
    });
  });
}

/** Fills a buffer from byte `offset` of the source on, as far as the piece goes. */
async function fill(buffer: Uint8Array, source: ByteSource, offset: number): Promise<Uint8Array> {
  const { torrent, reads } = source;
  const left = Math.min(buffer.length, source.lengthBytes - offset);
  if (source.offsetBytes === undefined) return buffer.subarray(0, left);
  const start = source.offsetBytes + offset;
  const index = torrent.layout.pieceAt(start);
  const endBytes = torrent.layout.offsetBytes(index) + torrent.layout.lengthBytes(index);
  const target = buffer.subarray(0, Math.min(left, endBytes - start));
  await reads.take(() => torrent.readInto(target, start));
  if (offset + READ_AHEAD_BYTES < source.lengthBytes) torrent.prepareAt(start + READ_AHEAD_BYTES);
  return target;
}

/** Resolves when the operating system has taken the bytes, or the client has left. */
function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.write(bytes, () => {
      response.off('close', resolve);
      resolve();
    });
  });
}

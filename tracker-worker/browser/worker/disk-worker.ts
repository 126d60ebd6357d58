// Holds one file of the origin-private file system open: only a worker may write in place, and what is written there
// survives a reload at once. It does what it is asked one by one, in the order of the messages.
import { type DiskAnswer, type DiskRequest, DOWNLOADS_FOLDER } from '../disk-messages.ts';

declare const self: DedicatedWorkerGlobalScope;

let handle: FileSystemSyncAccessHandle | undefined;
let last: Promise<unknown> = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent<DiskRequest>) => {
  last = answerAfter(last, data);
});

async function answerAfter(before: Promise<unknown>, request: DiskRequest): Promise<void> {
  await before;
  const answer = await answerTo(request);
  self.postMessage(answer, answer.isOk && answer.bytes ? [answer.bytes.buffer] : []);
}

async function answerTo(request: DiskRequest): Promise<DiskAnswer> {
  const { id } = request;
  try {
    const bytes = await perform(request);
    return bytes === undefined ? { id, isOk: true } : { id, isOk: true, bytes };
  } catch (error) {
    const [errorName, message] =
      error instanceof Error || error instanceof DOMException
        ? [error.name, error.message]
        : ['Error', String(error)];
    return { id, isOk: false, errorName, message };
  }
}

async function perform(request: DiskRequest): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (request.type === 'open') {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(DOWNLOADS_FOLDER, { create: true });
    const file = await folder.getFileHandle(request.name, { create: true });
    handle = await file.createSyncAccessHandle();
    return undefined;
  }
  if (handle === undefined) throw new Error('the file is not open');
  if (request.type === 'close') {
    handle.flush();
    handle.close();
    handle = undefined;
    return undefined;
  }
  if (request.type === 'read') {
    const bytes = new Uint8Array(request.lengthBytes);
    const count = handle.read(bytes, { at: request.offsetBytes });
    if (count < bytes.length) throw new Error('nothing is stored there yet');
    return bytes;
  }
  const { bytes, offsetBytes } = request;
  const count = handle.write(bytes, { at: offsetBytes });
  if (count < bytes.length) throw new DOMException('the disk is full', 'QuotaExceededError');
  return undefined;
}

import type { TorrentFile } from 'webtorrent-hybrid/dist/webtorrent.min.js';
import type { MediaAnswer, MediaPull, MediaRequest } from './media-messages.ts';
import { parseMediaRange } from './media-range.ts';
import { mediaTypeOf } from './media-type.ts';

/** The service worker is asked for by this name. */
const SERVICE_WORKER = '/sw.js';
const SCOPE = '/t/';
/** What it takes over there: `/t/media/<index of the file>`. */
const MEDIA_PATH = `${SCOPE}media/`;
const CONTROL_TIMEOUT_MS = 10_000;
/** Browsers end a service worker that has had no event for 30 seconds. */
const KEEP_ALIVE_MS = 15_000;

/** Gives a media element what it asks for through the service worker, as the pieces come. */
export class MediaServer {
  readonly #files: readonly TorrentFile[];
  readonly #stopping = new AbortController();
  #ready: Promise<void> | undefined;

  constructor(files: readonly TorrentFile[]) {
    this.#files = files;
  }

  /** The URL of a file for a media element of this page. Throws where there is no service worker. */
  async urlOf(file: TorrentFile): Promise<string> {
    await (this.#ready ??= this.#start());
    return `${MEDIA_PATH}${this.#files.indexOf(file)}`;
  }

  /** Answers no more. */
  stop(): void {
    this.#stopping.abort();
  }

  async #start(): Promise<void> {
    const { serviceWorker } = navigator;
    await serviceWorker.register(SERVICE_WORKER, { scope: SCOPE });
    await controlled(serviceWorker);
    const { signal } = this.#stopping;
    serviceWorker.addEventListener(
      'message',
      ({ data, ports }: MessageEvent<MediaRequest>) => {
        const [port] = ports;
        if (data.type === 'media' && port !== undefined) this.#answer(data, port);
      },
      { signal },
    );
    serviceWorker.startMessages();
    const keepAlive = (): void => serviceWorker.controller?.postMessage('keep alive');
    const timer = setInterval(keepAlive, KEEP_ALIVE_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  #answer({ url, range }: MediaRequest, port: MessagePort): void {
    const file = this.#files[Number(new URL(url).pathname.slice(MEDIA_PATH.length))];
    const wanted = file === undefined ? undefined : parseMediaRange(range, file.length);
    if (file === undefined || wanted === undefined) {
      reply(port, { status: file === undefined ? 404 : 416, headers: {} });
      listen(port, () => port.postMessage(null));
      return;
    }
    const { start, end } = wanted;
    const chunks = file[Symbol.asyncIterator]({ start, end });
    listen(port, async (what) => {
      if (what === 'cancel') await chunks.return?.();
      else port.postMessage(await next(chunks));
    });
    reply(port, {
      status: range === null ? 200 : 206,
      headers: {
        'accept-ranges': 'bytes',
        'content-length': String(end - start + 1),
        'content-range': `bytes ${start}-${end}/${file.length}`,
        'content-type': mediaTypeOf(file.name) ?? 'application/octet-stream',
        'cache-control': 'no-store',
      },
    });
  }
}

function listen(port: MessagePort, act: (what: MediaPull) => void | Promise<void>): void {
  port.addEventListener('message', ({ data }: MessageEvent<MediaPull>) => void act(data));
  port.start();
}

function reply(port: MessagePort, answer: MediaAnswer): void {
  port.postMessage(answer);
}

/** The next bytes, or null: at the end, or where the download was ended meanwhile. */
async function next(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | null> {
  try {
    const result = await chunks.next();
    return result.done === true ? null : result.value;
  } catch {
    return null;
  }
}

/** Resolves when the service worker takes the requests of this page. */
async function controlled(serviceWorker: ServiceWorkerContainer): Promise<void> {
  if (serviceWorker.controller !== null) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error('the service worker does not start')),
    CONTROL_TIMEOUT_MS,
  );
  serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}

// Plays what is still on its way: a media element asks for a range, the page that plays it gives the bytes as the
// pieces come. Only media elements are answered: a file of strangers must never become a page of this site.
import type { MediaAnswer, MediaPull, MediaRequest } from '../media-messages.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
// A message from the page that plays keeps this worker alive.
self.addEventListener('message', () => {});

self.addEventListener('fetch', (event) => {
  const { request, clientId } = event;
  const isMedia = request.destination === 'video' || request.destination === 'audio';
  if (!isMedia || !request.url.startsWith(`${self.registration.scope}media/`)) return;
  event.respondWith(answer(request, clientId));
});

async function answer(request: Request, clientId: string): Promise<Response> {
  const page = await self.clients.get(clientId);
  if (page === undefined) return new Response(null, { status: 404 });
  const { port1: port, port2 } = new MessageChannel();
  const question: MediaRequest = {
    type: 'media',
    url: request.url,
    range: request.headers.get('range'),
  };
  page.postMessage(question, [port2]);
  const { status, headers } = await nextMessage<MediaAnswer>(port);
  const ask = (what: MediaPull): void => port.postMessage(what);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      ask('pull');
      const chunk = await nextMessage<Uint8Array | null>(port);
      if (chunk !== null) controller.enqueue(chunk);
      else controller.close();
    },
    cancel: () => ask('cancel'),
  });
  return new Response(body, { status, headers });
}

/** What comes over the port next; its types are those of `media-messages.ts`. */
function nextMessage<T>(port: MessagePort): Promise<T> {
  return new Promise((resolve) => {
    port.addEventListener('message', ({ data }: MessageEvent<T>) => resolve(data), { once: true });
    port.start();
  });
}

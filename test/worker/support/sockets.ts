import { infoHashToBinary } from '../../../shared/binary-strings.ts';
import { type InfoHash, infoHashFromHex } from '../../../shared/info-hash.ts';
import { fetchEdge, publish } from './edge.ts';
import { announceOf, type Keys, scrapeOf, type SocketJson } from './socket-messages.ts';
import { sampleTorrent } from './torrents.ts';

/** Longer than any answer takes: a test that comes here fails. */
const DEADLINE_MS = 5000;

/** An info-hash that only `settle` asks for. */
const MARK = strangeInfoHash('ee');

let clients = 0;
const open = new Set<ClientSocket>();

/** Opens a WebSocket to the edge, from an address of its own. */
export async function openSocket(
  path = '/announce',
  address = ownAddress(),
): Promise<ClientSocket> {
  const response = await upgrade(path, address);
  if (response.webSocket === null) throw new Error(`HTTP ${response.status}`);
  return new ClientSocket(response.webSocket);
}

export async function upgrade(
  path: string,
  address = ownAddress(),
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetchEdge(path, {
    headers: { ...headers, upgrade: 'websocket', 'cf-connecting-ip': address },
  });
}

/** A registered info-hash with no peers. */
export async function freshSwarm(name: string): Promise<InfoHash> {
  const torrent = await sampleTorrent(name.replaceAll('/', ' '));
  const response = await publish(torrent.bytes);
  if (!response.ok) throw new Error(await response.text());
  return torrent.infoHash;
}

/** An info-hash that nothing was registered under: one byte again and again. */
export function strangeInfoHash(byte: string): InfoHash {
  const infoHash = infoHashFromHex(byte.repeat(20));
  if (infoHash === undefined) throw new Error(`${byte} is no byte`);
  return infoHash;
}

/** A socket that has announced and was replied to. */
export async function openPeer(
  infoHash: InfoHash,
  peer: string,
  keys: Keys = {},
  path?: string,
): Promise<ClientSocket> {
  const socket = await openSocket(path);
  const reply = await socket.ask(announceOf(infoHash, peer, keys));
  if (!('interval' in reply)) throw new Error(`no reply but ${JSON.stringify(reply)}`);
  return socket;
}

/** Closes what a test has opened. */
export function closeSockets(): void {
  for (const socket of open) socket.close();
}

function ownAddress(): string {
  clients += 1;
  return `198.18.${Math.floor(clients / 256)}.${clients % 256}`;
}

/** A browser's end of a socket: messages in the order in which they came. */
export class ClientSocket {
  /** The code with which the tracker closed it. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #inbox: SocketJson[] = [];
  #arrived: () => void = () => {};

  constructor(socket: WebSocket) {
    this.#socket = socket;
    open.add(this);
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code }) => {
        resolve(code);
      });
    });
    socket.addEventListener('message', ({ data }) => {
      this.#inbox.push(parseMessage(data));
      this.#arrived();
    });
    socket.accept();
  }

  /** Sends text and bytes as they are, anything else as JSON. */
  send(message: unknown): void {
    const isRaw = typeof message === 'string' || message instanceof Uint8Array;
    this.#socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** The next message. */
  async next(): Promise<SocketJson> {
    const message = this.#inbox.shift();
    if (message !== undefined) return message;
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => {
        reject(new Error('the tracker sent nothing'));
      }, DEADLINE_MS);
      this.#arrived = () => {
        clearTimeout(deadline);
        resolve();
      };
    });
    return this.next();
  }

  /** Sends a message and takes the next one that comes. */
  async ask(message: unknown): Promise<SocketJson> {
    this.send(message);
    return this.next();
  }

  /**
   * All messages that came before the answer to a scrape that is sent now, which are all that the tracker had to say
   * to what it was sent so far about a swarm.
   */
  async settle(infoHash: InfoHash): Promise<SocketJson[]> {
    this.send(scrapeOf(infoHash, MARK));
    const messages: SocketJson[] = [];
    for (;;) {
      const message = await this.next();
      const { files } = message;
      if (files !== null && typeof files === 'object' && infoHashToBinary(MARK) in files) {
        return messages;
      }
      messages.push(message);
    }
  }

  close(): void {
    open.delete(this);
    this.#socket.close();
  }
}

function parseMessage(data: unknown): SocketJson {
  const message: unknown = typeof data === 'string' ? JSON.parse(data) : undefined;
  if (message === null || typeof message !== 'object' || Array.isArray(message)) {
    throw new Error('the tracker sends JSON objects');
  }
  return { ...message };
}

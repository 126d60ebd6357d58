import { createRandom, randomBytes } from '../seeded-random.ts';
import { chooseTorrent, createInfoHashes } from '../torrent-choice.ts';

const POPULATION = 200_000;
const SEEDER_SHARE = 0.25;
const IPV6_SHARE = 0.2;

/** The part of every announce that is the same for all peers and both events. */
const HEADERS = ' HTTP/1.1\r\nHost: tracker.example\r\nUser-Agent: qBittorrent/5.0.2\r\n';
const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~';
const UNESCAPED = new Set(Buffer.from(ID_CHARACTERS, 'latin1'));

/** Announces of many distinct peers, ready to be sent: texts in one buffer, so that none is built under load. */
export class PeerPopulation {
  readonly #texts: Buffer;
  /** Of peer `i`: where its request line and its address begin, then, at `2i + 2`, where it ends. */
  readonly #starts: Uint32Array;
  readonly #headers = Buffer.from(HEADERS, 'latin1');
  readonly #started = Buffer.from('&event=started', 'latin1');

  constructor(size = POPULATION, seed = 1) {
    const random = createRandom(seed);
    const infoHashes = createInfoHashes(random).map(escapeBytes);
    this.#starts = new Uint32Array(2 * size + 1);
    const texts: string[] = [];
    let length = 0;
    for (let peer = 0; peer < size; peer += 1) {
      const line = requestLine(infoHashes[chooseTorrent(random)] ?? '', random);
      const address = random() < IPV6_SHARE ? ipv6Address(random) : ipv4Address(random);
      this.#starts[2 * peer] = length;
      this.#starts[2 * peer + 1] = length + line.length;
      length += line.length + address.length;
      texts.push(line, address);
    }
    this.#starts[2 * size] = length;
    this.#texts = Buffer.from(texts.join(''), 'latin1');
  }

  get size(): number {
    return (this.#starts.length - 1) / 2;
  }

  /** Writes the whole request of one peer into `target`; its length. `addressHeader` ends with `: `. */
  write(target: Buffer, peer: number, isFirst: boolean, addressHeader: Buffer): number {
    const line = this.#starts[2 * peer] ?? 0;
    const address = this.#starts[2 * peer + 1] ?? 0;
    const end = this.#starts[2 * peer + 2] ?? 0;
    let length = this.#texts.copy(target, 0, line, address);
    if (isFirst) length += this.#started.copy(target, length);
    length += this.#headers.copy(target, length);
    length += addressHeader.copy(target, length);
    length += this.#texts.copy(target, length, address, end);
    return length + target.write('\r\n\r\n', length, 'latin1');
  }
}

function requestLine(infoHash: string, random: () => number): string {
  const id = Array.from({ length: 12 }, () => pick(ID_CHARACTERS, random)).join('');
  const port = 1024 + Math.floor(random() * 64_000);
  const left = random() < SEEDER_SHARE ? 0 : Math.floor(random() * 4e9) + 1;
  const key = Buffer.from(randomBytes(4, random)).toString('hex').toUpperCase();
  return (
    `GET /announce?info_hash=${infoHash}&peer_id=-qB5020-${id}&port=${port}&uploaded=0&downloaded=0` +
    `&left=${left}&key=${key}&compact=1`
  );
}

function ipv4Address(random: () => number): string {
  // 11 to 99: nobody's private network.
  const [a = 0, b = 0, c = 0, d = 0] = randomBytes(4, random);
  return `${11 + (a % 89)}.${b}.${c}.${d}`;
}

function ipv6Address(random: () => number): string {
  const group = (): string => Math.floor(1 + random() * 65_535).toString(16);
  return `2a02:${group()}:${group()}:${group()}::${group()}`;
}

/** As libtorrent writes it: what needs no escape has none. */
function escapeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    UNESCAPED.has(byte)
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}

function pick(characters: string, random: () => number): string {
  return characters.charAt(Math.floor(random() * characters.length));
}

import { onTestFinished } from 'vitest';
import { Announcer, type AnnouncerInit } from '../../seed-node/announce/announcer.ts';
import { UploadCounts } from '../../seed-node/announce/upload-counts.ts';
import { createLog } from '../../seed-node/log.ts';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { peerIdFromText } from '../../shared/peer-id.ts';

export const OUR_PEER_ID = '-ET0100-abcdefghijkl';
export const TOKEN = 'a-token-for-the-tests';
const WHEREABOUTS = { port: 7000, address: '192.0.2.1', ipv6Address: '2001:db8::1' };

/** An announcer of the edge at `edgeUrl`, what it logs, and the swarm of each reply that it took. */
export function startAnnouncer(
  edgeUrl: string,
  init: Partial<AnnouncerInit> = {},
): {
  readonly announcer: Announcer;
  readonly logged: string[];
  readonly uploads: UploadCounts;
  readonly answered: InfoHash[];
} {
  const logged: string[] = [];
  const answered: InfoHash[] = [];
  const uploads = new UploadCounts();
  const peerId = peerIdFromText(OUR_PEER_ID);
  invariant(peerId !== undefined, 'a peer id is 20 characters');
  const announcer = new Announcer({
    edgeUrl,
    ownEdge: { publisherToken: TOKEN, whereabouts: () => WHEREABOUTS },
    peerId,
    port: () => WHEREABOUTS.port,
    log: createLog('info', (line) => logged.push(line.trimEnd())),
    uploads,
    answer: () => Promise.resolve(undefined),
    onPeers: (infoHash) => answered.push(infoHash),
    ...init,
  });
  onTestFinished(() => announcer.stop());
  return { announcer, logged, uploads, answered };
}

/** The info-hash that begins with `n` in hex, two digits, and is that over and over. */
export function infoHashOf(n: number): InfoHash {
  return hexInfoHash(n.toString(16).padStart(2, '0').repeat(20));
}

/** `count` info-hashes of all prefixes. */
export function manyInfoHashes(count: number): InfoHash[] {
  return Array.from({ length: count }, (_, n) => {
    const prefix = (n % 256).toString(16).padStart(2, '0');
    return hexInfoHash(prefix + n.toString(16).padStart(38, '0'));
  });
}

function hexInfoHash(hex: string): InfoHash {
  const infoHash = infoHashFromHex(hex);
  invariant(infoHash !== undefined, 'it is an info-hash');
  return infoHash;
}

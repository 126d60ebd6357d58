import type { AnnounceEvent } from '../../shared/announce.ts';
import { ipAddressFromBytes } from '../../shared/endpoint.ts';
import { INFO_HASH_BYTES, infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { PEER_ID_BYTES, peerIdFromText } from '../../shared/peer-id.ts';
import type { PeerRole } from '../../shared/peer-role.ts';
import { accept } from '../../shared/result.ts';
import { StringBuilder } from '../../shared/string-builder.ts';
import { SWARM_REFUSAL_CODES, swarmRefusal } from './refusal.ts';
import type { SwarmAnnounce, SwarmOutcome, SwarmReply } from './swarm-announce.ts';

/*
 * Announces and their answers as text for the way between a Worker and its shards: a string crosses it at half the
 * price of a byte array, and far cheaper than objects. Both ends are of one deployment, so that there is no version and
 * no doubt.
 */

const EVENTS: readonly AnnounceEvent[] = ['update', 'started', 'stopped', 'completed'];
const ROLES: readonly PeerRole[] = ['leecher', 'partial', 'seeder'];
const WANTS_PEER_IDS = 1;

const INFO_HASH_END = INFO_HASH_BYTES * 2;
const PEER_ID_END = INFO_HASH_END + PEER_ID_BYTES;
/** Event, role, whether peer ids are wanted, port, peers wanted and the address's length: a character each. */
const ADDRESS_START = PEER_ID_END + 6;

/** Empty between two texts. */
const builder = new StringBuilder();

export function encodeAnnounces(batch: readonly SwarmAnnounce[]): string {
  let text = '';
  for (const request of batch) {
    const { address } = request;
    builder.push(EVENTS.indexOf(request.event));
    builder.push(ROLES.indexOf(request.role));
    builder.push(request.wantsPeerIds ? WANTS_PEER_IDS : 0);
    builder.push(request.port);
    builder.push(request.peersWanted);
    builder.push(address.length);
    for (let i = 0; i < address.length; i += 1) builder.push(address[i] ?? 0);
    text += request.infoHash + request.peerId + builder.take();
  }
  return text;
}

export function decodeAnnounces(text: string): SwarmAnnounce[] {
  const batch: SwarmAnnounce[] = [];
  for (let at = 0; at < text.length;) {
    const head = at + PEER_ID_END;
    const addressLength = text.charCodeAt(head + 5);
    const infoHash = infoHashFromHex(text.slice(at, at + INFO_HASH_END));
    const peerId = peerIdFromText(text.slice(at + INFO_HASH_END, head));
    const bytes = new Uint8Array(addressLength);
    for (let i = 0; i < addressLength; i += 1) bytes[i] = text.charCodeAt(at + ADDRESS_START + i);
    const address = ipAddressFromBytes(bytes);
    invariant(
      infoHash !== undefined && peerId !== undefined && address !== undefined,
      'a shard is sent what encodeAnnounces made',
    );
    batch.push({
      infoHash,
      peerId,
      address,
      event: EVENTS[text.charCodeAt(head)] ?? 'update',
      role: ROLES[text.charCodeAt(head + 1)] ?? 'leecher',
      wantsPeerIds: text.charCodeAt(head + 2) === WANTS_PEER_IDS,
      port: text.charCodeAt(head + 3),
      peersWanted: text.charCodeAt(head + 4),
    });
    at += ADDRESS_START + addressLength;
  }
  return batch;
}

/** Both intervals and the three counts in two characters each, then the lengths of the four lists. */
const NUMBERS = 9;
const NUMBER_LENGTH = 2;
const OUTCOME_HEAD = 1 + NUMBERS * NUMBER_LENGTH;

/** Each outcome is a 0 and a reply, or the number of a refusal. */
export function encodeOutcomes(outcomes: readonly SwarmOutcome[]): string {
  let text = '';
  for (const outcome of outcomes) {
    text += outcome.ok
      ? encodeReply(outcome.value)
      : String.fromCharCode(1 + SWARM_REFUSAL_CODES.indexOf(outcome.refusal.code));
  }
  return text;
}

function encodeReply(reply: SwarmReply): string {
  const { ipv4Peers, ipv6Peers, ipv4PeerIds, ipv6PeerIds } = reply;
  builder.push(0);
  builder.pushWord(reply.intervalSeconds);
  builder.pushWord(reply.minIntervalSeconds);
  builder.pushWord(reply.seeders);
  builder.pushWord(reply.leechers);
  builder.pushWord(reply.downloads);
  builder.pushWord(ipv4Peers.length);
  builder.pushWord(ipv6Peers.length);
  builder.pushWord(ipv4PeerIds.length);
  builder.pushWord(ipv6PeerIds.length);
  return builder.take() + ipv4Peers + ipv6Peers + ipv4PeerIds + ipv6PeerIds;
}

export function decodeOutcomes(text: string): SwarmOutcome[] {
  const outcomes: SwarmOutcome[] = [];
  for (let at = 0; at < text.length;) {
    const refusal = SWARM_REFUSAL_CODES[text.charCodeAt(at) - 1];
    if (refusal !== undefined) {
      outcomes.push(swarmRefusal(refusal));
      at += 1;
      continue;
    }
    const ipv4End = at + OUTCOME_HEAD + numberAt(text, at, 5);
    const ipv6End = ipv4End + numberAt(text, at, 6);
    const ipv4IdsEnd = ipv6End + numberAt(text, at, 7);
    const end = ipv4IdsEnd + numberAt(text, at, 8);
    outcomes.push(
      accept({
        intervalSeconds: numberAt(text, at, 0),
        minIntervalSeconds: numberAt(text, at, 1),
        seeders: numberAt(text, at, 2),
        leechers: numberAt(text, at, 3),
        downloads: numberAt(text, at, 4),
        ipv4Peers: text.slice(at + OUTCOME_HEAD, ipv4End),
        ipv6Peers: text.slice(ipv4End, ipv6End),
        ipv4PeerIds: text.slice(ipv6End, ipv4IdsEnd),
        ipv6PeerIds: text.slice(ipv4IdsEnd, end),
      }),
    );
    at = end;
  }
  return outcomes;
}

function numberAt(text: string, outcomeAt: number, index: number): number {
  const at = outcomeAt + 1 + index * NUMBER_LENGTH;
  return text.charCodeAt(at) * 0x1_0000 + text.charCodeAt(at + 1);
}

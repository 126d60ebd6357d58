import type { AnnounceEvent } from '../../shared/announce.ts';
import { ipAddressFromBytes } from '../../shared/endpoint.ts';
import { INFO_HASH_BYTES, infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { PEER_ID_BYTES, peerIdFromText } from '../../shared/peer-id.ts';
import type { PeerRole } from '../../shared/peer-role.ts';
import { accept } from '../../shared/result.ts';
import { SWARM_REFUSAL_CODES, swarmRefusal } from './refusal.ts';
import type { SwarmAnnounce, SwarmOutcome, SwarmReply } from './swarm-announce.ts';

/*
 * Announces and their answers as text, a character a byte, for the way between a Worker and its shards: a string
 * crosses it at half the price of a byte array, and far cheaper than objects. Both ends are of one deployment, so that
 * there is no version and no doubt.
 */

const EVENTS: readonly AnnounceEvent[] = ['update', 'started', 'stopped', 'completed'];
const ROLES: readonly PeerRole[] = ['leecher', 'partial', 'seeder'];
const WANTS_PEER_IDS = 1;

const INFO_HASH_END = INFO_HASH_BYTES * 2;
const PEER_ID_END = INFO_HASH_END + PEER_ID_BYTES;
/** Event, role, whether peer ids are wanted, address length, and port and peers wanted in two characters each. */
const ADDRESS_START = PEER_ID_END + 8;

export function encodeAnnounces(batch: readonly SwarmAnnounce[]): string {
  let text = '';
  for (const { infoHash, peerId, address, port, peersWanted, ...request } of batch) {
    text +=
      infoHash +
      peerId +
      String.fromCharCode(
        EVENTS.indexOf(request.event),
        ROLES.indexOf(request.role),
        request.wantsPeerIds ? WANTS_PEER_IDS : 0,
        address.length,
        port >>> 8,
        port & 0xff,
        peersWanted >>> 8,
        peersWanted & 0xff,
        ...address,
      );
  }
  return text;
}

export function decodeAnnounces(text: string): SwarmAnnounce[] {
  const batch: SwarmAnnounce[] = [];
  for (let at = 0; at < text.length;) {
    const head = at + PEER_ID_END;
    const addressLength = text.charCodeAt(head + 3);
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
      port: readNumber(text, head + 4, 2),
      peersWanted: readNumber(text, head + 6, 2),
    });
    at += ADDRESS_START + addressLength;
  }
  return batch;
}

/** Both intervals and the three counts in four characters each, then the lengths of the four lists. */
const NUMBERS = 9;
const NUMBER_LENGTH = 4;
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
  return (
    '\0' +
    numberText(reply.intervalSeconds) +
    numberText(reply.minIntervalSeconds) +
    numberText(reply.seeders) +
    numberText(reply.leechers) +
    numberText(reply.downloads) +
    numberText(ipv4Peers.length) +
    numberText(ipv6Peers.length) +
    numberText(ipv4PeerIds.length) +
    numberText(ipv6PeerIds.length) +
    ipv4Peers +
    ipv6Peers +
    ipv4PeerIds +
    ipv6PeerIds
  );
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

function numberText(value: number): string {
  return String.fromCharCode(
    value >>> 24,
    (value >>> 16) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  );
}

function numberAt(text: string, outcomeAt: number, index: number): number {
  return readNumber(text, outcomeAt + 1 + index * NUMBER_LENGTH, NUMBER_LENGTH);
}

function readNumber(text: string, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i += 1) value = value * 256 + text.charCodeAt(i);
  return value;
}

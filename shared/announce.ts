import { type BencodeNode, bytesOf, decodeBencode, entryOf, integerOf, textOf } from './bencode.ts';
import { COMPACT_IPV4_BYTES, COMPACT_IPV6_BYTES, decodeCompactPeers } from './compact-peers.ts';
import { type Endpoint, MAX_PORT, parseIpAddress } from './endpoint.ts';
import { accept, refuse, type Result } from './result.ts';
import { decodeLatin1, decodeUtf8 } from './text.ts';

/** BEP 3's `event`; `update` is its absence: a regular announce. */
export type AnnounceEvent = 'started' | 'stopped' | 'completed' | 'update';

/** What a tracker answered to an announce. */
export interface AnnounceReply {
  readonly intervalSeconds: number;
  readonly minIntervalSeconds: number;
  /** To be said again with the next announces, one character a byte; undefined: what was said before holds (BEP 3). */
  readonly trackerId: string | undefined;
  readonly seeders: number;
  readonly leechers: number;
  readonly peers: readonly Endpoint[];
}

/** A tracker's refusal, in its own words, and how long to stay away (BEP 31). */
export interface AnnounceFailure {
  readonly failureReason: string;
  readonly retrySeconds: number | undefined;
}

/** A longer `tracker id` is passed over: it is kept for each torrent. */
export const MAX_TRACKER_ID_LENGTH = 256;

const REPLY_LIMITS = { bytes: 1_000_000, depth: 8, nodes: 100_000 };

/** Parses what a tracker answered: a reply, or its failure as a value, since a failure is an answer too. */
export function parseAnnounceReply(
  bytes: Uint8Array,
): Result<AnnounceReply | AnnounceFailure, 'not-a-reply'> {
  const decoded = decodeBencode(bytes, REPLY_LIMITS);
  if (!decoded.ok) return refuse('not-a-reply', 'the tracker did not answer with bencode');
  const root = decoded.value;
  const failureBytes = bytesOf(entryOf(root, 'failure reason'));
  if (failureBytes !== undefined) {
    const failureReason = decodeUtf8(failureBytes) ?? decodeLatin1(failureBytes);
    return accept({ failureReason, retrySeconds: parseRetry(entryOf(root, 'retry in')) });
  }
  const intervalSeconds = integerOf(entryOf(root, 'interval'));
  if (intervalSeconds === undefined || intervalSeconds < 1) {
    return refuse('not-a-reply', 'the tracker named no interval');
  }
  return accept({
    intervalSeconds,
    minIntervalSeconds: countOf(entryOf(root, 'min interval')),
    trackerId: parseTrackerId(entryOf(root, 'tracker id')),
    seeders: countOf(entryOf(root, 'complete')),
    leechers: countOf(entryOf(root, 'incomplete')),
    peers: [
      ...parsePeers(entryOf(root, 'peers'), COMPACT_IPV4_BYTES),
      ...parsePeers(entryOf(root, 'peers6'), COMPACT_IPV6_BYTES),
    ],
  });
}

function countOf(node: BencodeNode | undefined): number {
  return Math.max(0, integerOf(node) ?? 0);
}

function parseTrackerId(node: BencodeNode | undefined): string | undefined {
  const bytes = bytesOf(node);
  const isUsable = bytes !== undefined && bytes.length > 0 && bytes.length <= MAX_TRACKER_ID_LENGTH;
  return isUsable ? decodeLatin1(bytes) : undefined;
}

function parseRetry(node: BencodeNode | undefined): number | undefined {
  const text = textOf(node);
  if (text === 'never') return Number.POSITIVE_INFINITY;
  const minutes = integerOf(node) ?? (text === undefined ? undefined : Number(text));
  return minutes !== undefined && minutes > 0 ? minutes * 60 : undefined;
}

/** Compact peers, or the older list of dictionaries (BEP 3); what cannot be dialled is left out. */
function parsePeers(
  node: BencodeNode | undefined,
  stride: typeof COMPACT_IPV4_BYTES | typeof COMPACT_IPV6_BYTES,
): Endpoint[] {
  const compact = bytesOf(node);
  if (compact !== undefined) return decodeCompactPeers(compact, stride) ?? [];
  if (node?.type !== 'list') return [];
  const endpoints: Endpoint[] = [];
  for (const item of node.items) {
    const address = parseIpAddress(textOf(entryOf(item, 'ip')) ?? '');
    const port = integerOf(entryOf(item, 'port')) ?? 0;
    if (address !== undefined && port > 0 && port <= MAX_PORT) endpoints.push({ address, port });
  }
  return endpoints;
}

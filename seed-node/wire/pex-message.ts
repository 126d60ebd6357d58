import { bytesOf, decodeBencode, encodeBencode, entryOf } from '../../shared/bencode.ts';
import {
  COMPACT_IPV4_BYTES,
  COMPACT_IPV6_BYTES,
  decodeCompactPeers,
  encodeCompactPeers,
} from '../../shared/compact-peers.ts';
import { type Endpoint, isIpv4 } from '../../shared/endpoint.ts';

/** A peer that another one is connected to. */
export interface KnownPeer {
  readonly endpoint: Endpoint;
  /** It was dialled with success. */
  readonly isReachable: boolean;
}

const LIMITS = { bytes: 64 * 1024, depth: 4, nodes: 100 };
/** It has everything already (BEP 11, flag 0x02). */
const SEED_FLAG = 0x02;
/** It could be dialled (BEP 11, flag 0x10). */
const REACHABLE_FLAG = 0x10;

/** Who came and who went since the last message (BEP 11); neither list names a peer twice. */
export function encodePex(
  added: readonly KnownPeer[],
  dropped: readonly Endpoint[],
): Uint8Array<ArrayBuffer> {
  const added4 = added.filter(({ endpoint }) => isIpv4(endpoint.address));
  const added6 = added.filter(({ endpoint }) => !isIpv4(endpoint.address));
  return encodeBencode({
    added: encodeCompactPeers(added4.map(endpointOf), COMPACT_IPV4_BYTES),
    'added.f': flagsOf(added4),
    added6: encodeCompactPeers(added6.map(endpointOf), COMPACT_IPV6_BYTES),
    'added6.f': flagsOf(added6),
    dropped: encodeCompactPeers(
      dropped.filter(({ address }) => isIpv4(address)),
      COMPACT_IPV4_BYTES,
    ),
    dropped6: encodeCompactPeers(
      dropped.filter(({ address }) => !isIpv4(address)),
      COMPACT_IPV6_BYTES,
    ),
  });
}

/** The leechers among the added peers of a message, `maxPeers` at most; none where it is malformed. */
export function leechersInPex(payload: Uint8Array, maxPeers: number): Endpoint[] {
  const decoded = decodeBencode(payload, LIMITS);
  if (!decoded.ok) return [];
  const listOf = (key: string, stride: StrideOf): Endpoint[] => {
    const peers = bytesOf(entryOf(decoded.value, key)) ?? new Uint8Array(0);
    const flags = bytesOf(entryOf(decoded.value, `${key}.f`));
    const taken = peers.subarray(0, maxPeers * stride);
    const found: Endpoint[] = [];
    for (let i = 0; (i + 1) * stride <= taken.length; i += 1) {
      if (((flags?.[i] ?? 0) & SEED_FLAG) !== 0) continue;
      found.push(
        ...(decodeCompactPeers(taken.subarray(i * stride, (i + 1) * stride), stride) ?? []),
      );
    }
    return found;
  };
  const both = [...listOf('added', COMPACT_IPV4_BYTES), ...listOf('added6', COMPACT_IPV6_BYTES)];
  return both.slice(0, maxPeers);
}

type StrideOf = typeof COMPACT_IPV4_BYTES | typeof COMPACT_IPV6_BYTES;

function endpointOf({ endpoint }: KnownPeer): Endpoint {
  return endpoint;
}

function flagsOf(peers: readonly KnownPeer[]): Uint8Array {
  return Uint8Array.from(peers, ({ isReachable }) => (isReachable ? REACHABLE_FLAG : 0));
}

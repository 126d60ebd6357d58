import { bytesFromPairs, writePairs } from '../../shared/byte-pairs.ts';
import { COMPACT_IPV4_BYTES, COMPACT_IPV6_BYTES } from '../../shared/compact-peers.ts';
import { formatIpAddress, type IpAddress, ipAddressFromBytes } from '../../shared/endpoint.ts';
import { invariant } from '../../shared/invariant.ts';
import { PEER_ID_BYTES } from '../../shared/peer-id.ts';
import { decodeLatin1, encodeLatin1, writeLatin1 } from '../../shared/text.ts';
import type { SwarmReply } from '../swarm/swarm-announce.ts';

// Replies are put together by hand, keys in byte order (BEP 3): the encoding library takes longer for one than all the
// rest of an announce.

/** The character code of `e`, which ends a dictionary. */
const END = 0x65;

/**
 * A compact reply (BEP 23): `peers` always, as some clients and newTrackon need it, `peers6` (BEP 7) when there are
 * any; `external ip` is the asker's own address as 4 or 16 bytes (BEP 24).
 */
export function encodeCompactReply(
  reply: SwarmReply,
  externalAddress: IpAddress,
): Uint8Array<ArrayBuffer> {
  const { ipv4Peers, ipv6Peers } = reply;
  const peers = `${startOfReply(reply, externalAddress)}5:peers${ipv4Peers.length * 2}:`;
  const peers6 = ipv6Peers === '' ? '' : `6:peers6${ipv6Peers.length * 2}:`;
  const peersLength = (ipv4Peers.length + ipv6Peers.length) * 2;
  const bytes = new Uint8Array(peers.length + peers6.length + peersLength + 1);
  let at = writeLatin1(peers, bytes, 0);
  at = writePairs(ipv4Peers, bytes, at);
  at = writeLatin1(peers6, bytes, at);
  at = writePairs(ipv6Peers, bytes, at);
  bytes[at] = END;
  return bytes;
}

/** The older reply of BEP 3: one list with a dictionary for each peer of either family, its id where the reply has it. */
export function encodeDictionaryReply(
  reply: SwarmReply,
  externalAddress: IpAddress,
): Uint8Array<ArrayBuffer> {
  const ipv4 = dictionaries(reply.ipv4Peers, COMPACT_IPV4_BYTES, reply.ipv4PeerIds);
  const ipv6 = dictionaries(reply.ipv6Peers, COMPACT_IPV6_BYTES, reply.ipv6PeerIds);
  return encodeLatin1(`${startOfReply(reply, externalAddress)}5:peersl${ipv4}${ipv6}ee`);
}

/** All keys that come before `peers`. */
function startOfReply(reply: SwarmReply, externalAddress: IpAddress): string {
  return (
    `d8:completei${reply.seeders}e10:downloadedi${reply.downloads}e` +
    `11:external ip${externalAddress.length}:${decodeLatin1(externalAddress)}` +
    `10:incompletei${reply.leechers}e8:intervali${reply.intervalSeconds}e` +
    `12:min intervali${reply.minIntervalSeconds}e`
  );
}

function dictionaries(
  compact: string,
  stride: typeof COMPACT_IPV4_BYTES | typeof COMPACT_IPV6_BYTES,
  peerIdPairs: string,
): string {
  const peers = bytesFromPairs(compact);
  const peerIds = decodeLatin1(bytesFromPairs(peerIdPairs));
  let text = '';
  for (let index = 0; index * stride < peers.length; index += 1) {
    const portOffset = (index + 1) * stride - 2;
    const address = ipAddressFromBytes(peers.subarray(index * stride, portOffset));
    invariant(address !== undefined, 'compact peers come whole');
    const ip = formatIpAddress(address);
    const port = ((peers[portOffset] ?? 0) << 8) | (peers[portOffset + 1] ?? 0);
    const peerId = peerIds.slice(index * PEER_ID_BYTES, (index + 1) * PEER_ID_BYTES);
    const id = peerId === '' ? '' : `7:peer id${PEER_ID_BYTES}:${peerId}`;
    text += `d2:ip${ip.length}:${ip}${id}4:porti${port}ee`;
  }
  return text;
}

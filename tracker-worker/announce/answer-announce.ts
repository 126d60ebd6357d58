import type { IpAddress } from '../../shared/endpoint.ts';
import { accept, type Result } from '../../shared/result.ts';
import type { SwarmAnnounce } from '../swarm/swarm-announce.ts';
import { announcedAddresses } from './announced-addresses.ts';
import { encodeCompactReply, encodeDictionaryReply } from './encode-announce-reply.ts';
import { type AnnounceQuery, parseAnnounce } from './parse-announce.ts';
import { parseQuery } from './parse-query.ts';
import type { TrackerRefusalCode } from './retry-of.ts';
import { identifyAnnouncer } from './sender.ts';
import type { TrackerContext, TrackerRequest } from './tracker-context.ts';

/** The bencoded reply to an HTTP announce (BEP 3). What can be refused here never reaches a shard. */
export async function answerAnnounce(
  { url, headers }: TrackerRequest,
  context: TrackerContext,
): Promise<Result<Uint8Array<ArrayBuffer>, TrackerRefusalCode>> {
  const { config, swarms } = context;
  const announcer = await identifyAnnouncer(headers, context);
  if (!announcer.ok) return announcer;
  const parameters = parseQuery(url);
  if (!parameters.ok) return parameters;
  const query = parseAnnounce(parameters.value, config);
  if (!query.ok) return query;
  const addresses = announcedAddresses(announcer.value, query.value.stated);
  if (!addresses.ok) return addresses;

  const [first, ...others] = addresses.value;
  const outcome = await swarms.announce([
    announceFrom(first, query.value),
    ...others.map((address) => announceFrom(address, query.value)),
  ]);
  if (!outcome.ok) return outcome;
  const encode = query.value.wantsCompact ? encodeCompactReply : encodeDictionaryReply;
  return accept(encode(outcome.value, announcer.value.address ?? first));
}

function announceFrom(address: IpAddress, query: AnnounceQuery): SwarmAnnounce {
  const { infoHash, peerId, port, role, event, peersWanted, wantsPeerIds } = query;
  return { infoHash, peerId, address, port, role, event, peersWanted, wantsPeerIds };
}

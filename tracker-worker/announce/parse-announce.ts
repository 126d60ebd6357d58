import type { AnnounceEvent } from '../../shared/announce.ts';
import { MAX_PORT } from '../../shared/endpoint.ts';
import { type InfoHash, infoHashFromBytes } from '../../shared/info-hash.ts';
import { type PeerId, peerIdFromBytes } from '../../shared/peer-id.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { decodeLatin1 } from '../../shared/text.ts';
import type { QueryParameters } from './parse-query.ts';

/** What the query of an announce says; whom to believe about addresses is not decided here. */
export interface AnnounceQuery {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  /** 0 only where the event is `stopped`. */
  readonly port: number;
  readonly isSeeder: boolean;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
  /** `ip` as it was written (BEP 3): any text. */
  readonly statedAddress: string | undefined;
}

export interface PeersWantedLimits {
  readonly defaultPeersPerReply: number;
  readonly maxPeersPerReply: number;
}

export type AnnounceRefusalCode =
  | 'info-hash-missing'
  | 'info-hash-repeated'
  | 'info-hash-length'
  | 'peer-id-missing'
  | 'peer-id-length'
  | 'port-missing'
  | 'port-invalid';

/**
 * Parses an announce (BEP 3). Needed are `info_hash`, `peer_id` and `port`; all else is tolerated in any form,
 * since clients write `event=paused` (BEP 21) and negative `numwant`. Of a repeated key the last counts, as an
 * announce URL may bring parameters that the client then adds its own to; a repeated `info_hash` is refused, as one
 * of them would be lost.
 */
export function parseAnnounce(
  parameters: QueryParameters,
  limits: PeersWantedLimits,
): Result<AnnounceQuery, AnnounceRefusalCode> {
  const last = new Map(parameters);
  const infoHashes = parameters.filter(([key]) => key === 'info_hash');
  const rawInfoHash = last.get('info_hash');
  if (rawInfoHash === undefined) return refuse('info-hash-missing', 'info_hash is missing');
  if (infoHashes.length > 1) {
    return refuse('info-hash-repeated', 'info_hash is there more than once');
  }
  const infoHash = infoHashFromBytes(rawInfoHash);
  if (infoHash === undefined) return refuse('info-hash-length', 'info_hash is not 20 bytes');

  const rawPeerId = last.get('peer_id');
  if (rawPeerId === undefined) return refuse('peer-id-missing', 'peer_id is missing');
  const peerId = peerIdFromBytes(rawPeerId);
  if (peerId === undefined) return refuse('peer-id-length', 'peer_id is not 20 bytes');

  const event = parseEvent(textOf(last, 'event'));
  const portText = textOf(last, 'port');
  if (portText === undefined) return refuse('port-missing', 'port is missing');
  const port = /^[0-9]{1,5}$/.test(portText) ? Number(portText) : undefined;
  // A client that leaves has closed its port: some say so with 0.
  if (port === undefined || port > MAX_PORT || (port === 0 && event !== 'stopped')) {
    return refuse('port-invalid', 'port is not a number from 1 to 65535');
  }

  return accept({
    infoHash,
    peerId,
    port,
    // Missing or junk means a leecher: that one gets seeders, where a wrong seeder would get none.
    isSeeder: /^0+$/.test(textOf(last, 'left') ?? ''),
    event,
    peersWanted: parsePeersWanted(textOf(last, 'numwant'), limits),
    statedAddress: textOf(last, 'ip'),
  });
}

function textOf(parameters: ReadonlyMap<string, Uint8Array>, key: string): string | undefined {
  const bytes = parameters.get(key);
  return bytes === undefined ? undefined : decodeLatin1(bytes);
}

function parseEvent(text: string | undefined): AnnounceEvent {
  return text === 'started' || text === 'stopped' || text === 'completed' ? text : 'update';
}

function parsePeersWanted(text: string | undefined, limits: PeersWantedLimits): number {
  const wanted = /^[0-9]+$/.test(text ?? '') ? Number(text) : limits.defaultPeersPerReply;
  return Math.min(wanted, limits.maxPeersPerReply);
}

import type { AnnounceEvent } from '../../shared/announce.ts';
import { infoHashFromBinary, peerIdFromBinary } from '../../shared/binary-strings.ts';
import { MAX_PORT } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { PeerRole } from '../../shared/peer-role.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import type { QueryReader } from './parse-query.ts';

/** What the query of an announce says; whom to believe about addresses is not decided here. */
export interface AnnounceQuery {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  /** 0 only where the event is `stopped`. */
  readonly port: number;
  readonly role: PeerRole;
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
  /** Compact peers (BEP 23), or a dictionary for each (BEP 3). */
  readonly wantsCompact: boolean;
  /** Peer ids in the dictionaries; a compact reply has no room for them. */
  readonly wantsPeerIds: boolean;
  readonly stated: StatedAddresses;
}

/** The addresses that an announce states, as they were written and in their order: any texts. */
export interface StatedAddresses {
  /** `ip` (BEP 3): in place of the address that it comes from. */
  readonly inPlace: readonly string[];
  /** `ipv4` and `ipv6` (BEP 7): beside that. */
  readonly beside: readonly string[];
}

export interface PeersWantedLimits {
  readonly defaultPeersPerReply: number;
  readonly maxPeersPerReply: number;
}

const MAX_PORT_DIGITS = 5;
/** The character code of `0`. */
const ZERO = 0x30;

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
 * since clients write `event=paused` (BEP 21), negative `numwant` and `ipv6=None`. Of a repeated key the last counts,
 * as an announce URL may bring parameters that the client then adds its own to; a repeated `info_hash` is refused, as
 * one of them would be lost.
 */
export function parseAnnounce(
  query: QueryReader,
  limits: PeersWantedLimits,
): Result<AnnounceQuery, AnnounceRefusalCode> {
  let infoHashText: string | undefined;
  let infoHashCount = 0;
  let peerIdText: string | undefined;
  let portText: string | undefined;
  let left = '';
  let eventText = '';
  let numwant = '';
  let compact = '';
  let noPeerId = '';
  const inPlace: string[] = [];
  const beside: string[] = [];
  while (query.next()) {
    switch (query.key) {
      case 'info_hash':
        infoHashCount += 1;
        infoHashText = query.text();
        break;
      case 'peer_id':
        peerIdText = query.text();
        break;
      case 'port':
        portText = query.text();
        break;
      case 'left':
        left = query.text();
        break;
      case 'event':
        eventText = query.text();
        break;
      case 'numwant':
        numwant = query.text();
        break;
      case 'compact':
        compact = query.text();
        break;
      case 'no_peer_id':
        noPeerId = query.text();
        break;
      case 'ip':
        inPlace.push(query.text());
        break;
      case 'ipv4':
      case 'ipv6':
        beside.push(query.text());
        break;
      default:
    }
  }

  if (infoHashText === undefined) return refuse('info-hash-missing', 'info_hash is missing');
  if (infoHashCount > 1) return refuse('info-hash-repeated', 'info_hash is there more than once');
  const infoHash = infoHashFromBinary(infoHashText);
  if (infoHash === undefined) return refuse('info-hash-length', 'info_hash is not 20 bytes');

  if (peerIdText === undefined) return refuse('peer-id-missing', 'peer_id is missing');
  const peerId = peerIdFromBinary(peerIdText);
  if (peerId === undefined) return refuse('peer-id-length', 'peer_id is not 20 bytes');

  const event = parseEvent(eventText);
  if (portText === undefined) return refuse('port-missing', 'port is missing');
  const port = portText.length > MAX_PORT_DIGITS ? undefined : parseDecimal(portText);
  // A client that leaves has closed its port: some say so with 0.
  if (port === undefined || port > MAX_PORT || (port === 0 && event !== 'stopped')) {
    return refuse('port-invalid', 'port is not a number from 1 to 65535');
  }

  // Compact where the client says nothing, as newTrackon and most clients expect it.
  const wantsCompact = compact !== '0';
  return accept({
    infoHash,
    peerId,
    port,
    role: parseRole(left, eventText),
    event,
    peersWanted: parsePeersWanted(numwant, limits),
    wantsCompact,
    wantsPeerIds: !wantsCompact && noPeerId !== '1',
    stated: { inPlace, beside },
  });
}

function parseEvent(text: string): AnnounceEvent {
  return text === 'started' || text === 'stopped' || text === 'completed' ? text : 'update';
}

function parseRole(left: string, event: string): PeerRole {
  const bytesLeft = parseDecimal(left);
  // Missing or junk means a leecher: that one gets seeders, where a wrong seeder would get none.
  if (bytesLeft === undefined) return 'leecher';
  if (bytesLeft === 0) return 'seeder';
  // BEP 21: it has less than all and wants no more.
  return event === 'paused' ? 'partial' : 'leecher';
}

function parsePeersWanted(text: string, limits: PeersWantedLimits): number {
  return Math.min(parseDecimal(text) ?? limits.defaultPeersPerReply, limits.maxPeersPerReply);
}

/** The number that decimal digits write, `Infinity` for very many; `undefined` for any other text. */
function parseDecimal(text: string): number | undefined {
  let number = 0;
  for (let i = 0; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return text === '' ? undefined : number;
}

import {
  type Endpoint,
  formatEndpoint,
  type IpAddress,
  ipAddressKey,
  isPublicIpAddress,
} from '../../shared/endpoint.ts';
import {
  answerMetadataRequest,
  encodeExtensionHandshake,
  EXTENSION_HANDSHAKE_ID,
  METADATA_PIECE_BYTES,
  OUR_METADATA_ID,
  OUR_PEX_ID,
  parseExtensionHandshake,
  type RemoteExtensions,
} from '../wire/extension.ts';
import { encodeExtended } from '../wire/peer-message.ts';
import { encodePex, type KnownPeer, leechersInPex } from '../wire/pex-message.ts';
import type { ServedTorrent, SessionAction } from './session-events.ts';

/** How often a peer may fetch the whole metadata (BEP 9): once is enough for who means well. */
export const MAX_METADATA_ROUNDS = 2;
/** Peers that one message may add, and as many that it may drop (BEP 11). */
export const MAX_PEX_PEERS = 50;
/** Clients send one message a minute (BEP 11); clocks and lines differ a little, and what comes sooner is not read. */
export const MIN_PEX_INTERVAL_MS = 50_000;

const CLIENT = 'Evertorrent 0.1';
const NO_BYTES = new Uint8Array(0);

export type ExtendedAction = Extract<
  SessionAction<ServedTorrent>,
  { readonly type: 'send' | 'drop' | 'listens' | 'peers-named' }
>;

export interface ExtendedInit {
  readonly torrent: ServedTorrent;
  /** Requests that the remote may have queued. */
  readonly maxRequests: number;
  readonly listenPort: number | undefined;
  readonly remoteAddress: IpAddress | undefined;
}

/**
 * The extended half of a conversation (BEP 10): the metadata for magnet links (BEP 9), and leechers told about each
 * other (BEP 11).
 *
 * Invariants: the metadata goes out `MAX_METADATA_ROUNDS` times at most; of a private torrent nobody is named and no
 * name is taken (BEP 27); a remote on the internet cannot name addresses that are not.
 */
export class ExtendedMessages {
  readonly #init: ExtendedInit;
  #remote: RemoteExtensions | undefined;
  #metadataRequestsLeft: number;
  #pexHeardAtMs = Number.NEGATIVE_INFINITY;
  /** Whom the remote was told of, and not yet that they went. */
  readonly #told = new Map<string, Endpoint>();

  constructor(init: ExtendedInit) {
    this.#init = init;
    this.#metadataRequestsLeft =
      MAX_METADATA_ROUNDS * Math.ceil(init.torrent.infoBytes.length / METADATA_PIECE_BYTES);
  }

  /** Our extension handshake. */
  hello(): Uint8Array {
    const { torrent, maxRequests, listenPort, remoteAddress } = this.#init;
    return encodeExtended(
      EXTENSION_HANDSHAKE_ID,
      encodeExtensionHandshake({
        metadataBytes: torrent.infoBytes.length,
        maxRequests,
        client: CLIENT,
        exchangesPeers: !torrent.isPrivate,
        listenPort,
        yourIp: remoteAddress,
      }),
    );
  }

  /** What an extended message asks for. `isWritable`: whether the remote takes what it is sent. */
  receive(
    extendedId: number,
    payload: Uint8Array,
    isWritable: boolean,
    nowMs: number,
  ): ExtendedAction[] {
    switch (extendedId) {
      case EXTENSION_HANDSHAKE_ID:
        return this.#greet(parseExtensionHandshake(payload));
      case OUR_METADATA_ID:
        return this.#answerMetadata(payload, isWritable);
      case OUR_PEX_ID:
        return this.#takeNames(payload, nowMs);
      default:
        return [];
    }
  }

  /** Tells the remote who came and went since the last time, where it wants to know. Call it once a minute at most. */
  share(peers: readonly KnownPeer[]): ExtendedAction[] {
    const pexId = this.#remote?.pexId;
    if (pexId === undefined || this.#init.torrent.isPrivate) return [];
    const now = new Map(peers.map((peer) => [formatEndpoint(peer.endpoint), peer]));
    const added = [...now].filter(([key]) => !this.#told.has(key)).slice(0, MAX_PEX_PEERS);
    const dropped = [...this.#told].filter(([key]) => !now.has(key)).slice(0, MAX_PEX_PEERS);
    if (added.length === 0 && dropped.length === 0) return [];
    for (const [key, { endpoint }] of added) this.#told.set(key, endpoint);
    for (const [key] of dropped) this.#told.delete(key);
    const message = encodePex(
      added.map(([, peer]) => peer),
      dropped.map(([, endpoint]) => endpoint),
    );
    return [{ type: 'send', bytes: encodeExtended(pexId, message) }];
  }

  #greet(remote: RemoteExtensions): ExtendedAction[] {
    this.#remote = remote;
    if (remote.isUploadOnly) return [{ type: 'drop', reason: 'also-a-seed' }];
    const { listenPort } = remote;
    return listenPort === undefined ? [] : [{ type: 'listens', port: listenPort }];
  }

  #answerMetadata(payload: Uint8Array, isWritable: boolean): ExtendedAction[] {
    const metadataId = this.#remote?.metadataId;
    if (metadataId === undefined) return [];
    if (this.#metadataRequestsLeft === 0) return [{ type: 'drop', reason: 'too-many-requests' }];
    this.#metadataRequestsLeft -= 1;
    // No bytes are piled up for a peer that does not read: it is told to ask again later.
    const offered = isWritable ? this.#init.torrent.infoBytes : NO_BYTES;
    const answer = answerMetadataRequest(payload, offered);
    return answer === undefined
      ? []
      : [{ type: 'send', bytes: encodeExtended(metadataId, answer) }];
  }

  #takeNames(payload: Uint8Array, nowMs: number): ExtendedAction[] {
    const { torrent, remoteAddress } = this.#init;
    if (torrent.isPrivate || nowMs - this.#pexHeardAtMs < MIN_PEX_INTERVAL_MS) return [];
    this.#pexHeardAtMs = nowMs;
    const isLocal = remoteAddress !== undefined && !isPublicIpAddress(remoteAddress);
    // One port of an address: whoever names many of one machine wants it to be called by all the swarm.
    const byAddress = new Map<string, Endpoint>();
    for (const endpoint of leechersInPex(payload, MAX_PEX_PEERS)) {
      if (isLocal || isPublicIpAddress(endpoint.address)) {
        byAddress.set(ipAddressKey(endpoint.address), endpoint);
      }
    }
    const endpoints = [...byAddress.values()];
    return endpoints.length === 0 ? [] : [{ type: 'peers-named', endpoints }];
  }
}

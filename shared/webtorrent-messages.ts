import type { AnnounceEvent } from './announce.ts';
import type { InfoHash } from './info-hash.ts';
import type { PeerId } from './peer-id.ts';
import type { PeerRole } from './peer-role.ts';
import type { Refusal } from './result.ts';

// The WebTorrent tracker protocol has no BEP: what bittorrent-tracker says and takes is the norm. Each WebSocket
// message is one JSON object; 20 bytes are 20 characters U+0000 to U+00FF. "announce" is the action of announces, of
// answers to offers, and of everything a tracker sends but scrapes.

/** Clients write 20 characters; hand-written ones such as Trystero's write others, and nobody but they read them. */
export const MAX_OFFER_ID_CHARACTERS = 64;

/** What one message from a client may hold. */
export interface SocketLimits {
  readonly maxOffersPerAnnounce: number;
  /** UTF-8 bytes of one offer's or answer's session description. */
  readonly maxSdpBytes: number;
  readonly maxScrapeInfoHashes: number;
}

/** A WebRTC offer that waits for a peer. */
export interface OfferMessage {
  /** 1 to `MAX_OFFER_ID_CHARACTERS` characters of any kind: the client's own name for it. */
  readonly offerId: string;
  /** Never empty, at most `maxSdpBytes`; else untrusted. */
  readonly sdp: string;
}

/** "I am in this swarm", with offers for whom the tracker picks. */
export interface AnnounceMessage {
  readonly type: 'announce';
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly role: PeerRole;
  readonly event: AnnounceEvent;
  /** At most `maxOffersPerAnnounce`; none where the event is `stopped`. */
  readonly offers: readonly OfferMessage[];
}

/** The answer to an offer that the tracker relayed. */
export interface AnswerMessage {
  readonly type: 'answer';
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly toPeerId: PeerId;
  readonly offerId: string;
  readonly sdp: string;
}

export interface ScrapeMessage {
  readonly type: 'scrape';
  /** 1 to `maxScrapeInfoHashes`, each once. */
  readonly infoHashes: readonly InfoHash[];
}

/** What a client says to a tracker. */
export type SocketMessage = AnnounceMessage | AnswerMessage | ScrapeMessage;

/** The action under which a client looks for what it is told. */
export type SocketAction = 'announce' | 'scrape';

export type SocketRefusalCode =
  | 'not-json'
  | 'not-an-object'
  | 'unknown-action'
  | 'info-hash-invalid'
  | 'peer-id-invalid'
  | 'to-peer-id-invalid'
  | 'offer-id-invalid'
  | 'answer-invalid'
  | 'full-scrape-off'
  | 'too-many-info-hashes';

/** Why a message was turned down, with what a client needs to know whom it concerns. */
export interface SocketRefusal extends Refusal<SocketRefusalCode> {
  readonly action: SocketAction;
  /** The one that the message named, where it named one. */
  readonly infoHash: InfoHash | undefined;
}

export type SocketResult =
  | { readonly ok: true; readonly value: SocketMessage }
  | { readonly ok: false; readonly refusal: SocketRefusal };

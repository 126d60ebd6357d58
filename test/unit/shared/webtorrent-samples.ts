import type { SocketLimits } from '../../../shared/webtorrent-messages.ts';

export const LIMITS: SocketLimits = {
  maxOffersPerAnnounce: 3,
  maxSdpBytes: 100,
  maxScrapeInfoHashes: 4,
};

/** 20 bytes of which half are above 0x7f, as a client writes them and in hex. */
export const INFO_HASH =
  '\x00\x19\x32\x4b\x64\x7d\x96\xaf\xc8\xe1\xfa\x13\x2c\x45\x5e\x77\x90\xa9\xc2\xff';
export const INFO_HASH_HEX = '0019324b647d96afc8e1fa132c455e7790a9c2ff';
export const PEER_ID = '-WW0203-\xe9\x00\x7f\x80\xffabcdefg';
export const OTHER_PEER_ID = '-LT20B0-0123456789ab';
/** 20 bytes too, as most clients draw them. */
export const OFFER_ID = '\x81offer-id-\x00-20-byte\xff';

export function offer(offerId: unknown = OFFER_ID, sdp: unknown = 'v=0\r\n'): unknown {
  return { offer: { type: 'offer', sdp }, offer_id: offerId };
}

/** A well-formed announce with these keys instead; one that is `undefined` is absent. */
export function announceMessage(keys: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    action: 'announce',
    info_hash: INFO_HASH,
    peer_id: PEER_ID,
    numwant: 5,
    uploaded: 0,
    downloaded: 0,
    left: 100,
    event: 'started',
    offers: [offer()],
    ...keys,
  });
}

/** A well-formed answer with these keys instead. */
export function answerMessage(keys: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    action: 'announce',
    info_hash: INFO_HASH,
    peer_id: PEER_ID,
    to_peer_id: OTHER_PEER_ID,
    answer: { type: 'answer', sdp: 'v=0\r\n' },
    offer_id: OFFER_ID,
    ...keys,
  });
}

export function scrapeMessage(infoHash?: unknown): string {
  return JSON.stringify({ action: 'scrape', info_hash: infoHash });
}

import { infoHashToBinary } from '../../../shared/binary-strings.ts';
import type { InfoHash } from '../../../shared/info-hash.ts';
import { encodeUtf8 } from '../../../shared/text.ts';
import { peerIdText } from './announces.ts';
import {
  announceOf,
  answerOf,
  failure,
  type Keys,
  offerOf,
  scrapeOf,
  type SocketJson,
} from './socket-messages.ts';
import { strangeInfoHash } from './sockets.ts';

// The WebTorrent protocol is what bittorrent-tracker's server does. This is what this tracker does with each case;
// where it is something else, the row says why.

export interface SocketConformanceRow {
  readonly title: string;
  /** Why the answer is not bittorrent-tracker's; without it, it is the same. */
  readonly deviation?: string;
  /** What a socket sends that has announced nothing, to a swarm of one seeder over a socket and an HTTP leecher. */
  readonly message: (infoHash: InfoHash) => unknown;
  /** What comes back, at least. */
  readonly answer: (infoHash: InfoHash) => SocketJson;
}

const USELESS = 'whom it is for could make nothing of it; of null, bittorrent-tracker throws';
const ACTION =
  'its own client reconnects when an answer has no action, and libtorrent passes over one without info_hash';
const LENIENT = 'a client must not lose its peers to a key that no tracker needs';
const BYTES = 'what is no byte would become another info-hash or peer-id';

const counts =
  (complete: number, incomplete: number) =>
  (infoHash: InfoHash): SocketJson => ({
    action: 'announce',
    info_hash: infoHashToBinary(infoHash),
    complete,
    incomplete,
  });
/** The asker is counted, as it is by bittorrent-tracker. */
const AS_LEECHER = counts(1, 2);
const AS_SEEDER = counts(2, 1);
const AS_NOBODY = counts(1, 1);

const refused =
  (reason: string) =>
  (infoHash: InfoHash): SocketJson =>
    failure(infoHash, reason);
const refusedUnnamed = (reason: string) => (): SocketJson => failure(undefined, reason);
const refusedScrape = (reason: string) => (): SocketJson => ({
  ...failure(undefined, reason),
  action: 'scrape',
});

const announcing =
  (keys: Keys) =>
  (infoHash: InfoHash): SocketJson =>
    announceOf(infoHash, '1', keys);
const answering =
  (keys: Keys) =>
  (infoHash: InfoHash): SocketJson =>
    answerOf(infoHash, '1', '5eed', keys);
const scraping = (info_hash: unknown) => (): SocketJson => ({ action: 'scrape', info_hash });
const raw = (message: unknown) => (): unknown => message;

const NOT_20 = (key: string): string => `${key} is not 20 characters U+0000 to U+00FF`;
const NO_OBJECT = refusedUnnamed('the message is not a JSON object');
const NO_JSON = refusedUnnamed('the message is not JSON');
const NO_ACTION = 'action is neither announce nor scrape';
const FULL_SCRAPE = refusedScrape('a scrape of all torrents is not served; name info_hash');

const STRANGER = strangeInfoHash('cd');

const USELESS_OFFERS: readonly [string, unknown][] = [
  ['null', [null]],
  ['numbers and lists', [1, [], 'x']],
  ['without an offer', [{ offer_id: 'x' }]],
  ['without an offer_id', [{ ...offerOf('1'), offer_id: undefined }]],
  ['with an empty offer_id', [{ ...offerOf('1'), offer_id: '' }]],
  ['with an offer_id of 65 characters', [{ ...offerOf('1'), offer_id: 'x'.repeat(65) }]],
  ['that are answers', [{ offer_id: 'x', offer: { type: 'answer', sdp: 'x' } }]],
  [
    'with an sdp past 16,384 bytes',
    [{ offer_id: 'x', offer: { type: 'offer', sdp: 'x'.repeat(16_385) } }],
  ],
];

const WRONG_IDS: readonly [string, unknown][] = [
  ['absent', undefined],
  ['null', null],
  ['19 characters', 'x'.repeat(19)],
  ['21 characters', 'x'.repeat(21)],
  ['40 hexadecimal digits', 'ab'.repeat(20)],
  ['a number', 5],
];

export const SOCKET_CONFORMANCE_ROWS: readonly SocketConformanceRow[] = [
  // Who announces, as real clients write it.
  {
    title: 'bittorrent-tracker starts',
    message: announcing({ event: 'started', numwant: 5, offers: [] }),
    answer: AS_LEECHER,
  },
  {
    title: 'libtorrent, paused: counted as a leecher (BEP 21)',
    message: announcing({ event: 'paused', corrupt: 0, key: 'A1B2C3D4', numwant: 0, offers: [] }),
    answer: AS_LEECHER,
  },
  {
    title: 'anacrolix stops with offers: null',
    message: announcing({ event: 'stopped', offers: null }),
    answer: AS_NOBODY,
  },
  {
    title: 'Trystero, passive',
    message: announcing({ left: 0, offers: [], numwant: 3, uploaded: undefined }),
    answer: AS_SEEDER,
  },
  {
    title: 'a binary frame',
    message: (infoHash) => encodeUtf8(JSON.stringify(announceOf(infoHash, '1'))),
    answer: AS_LEECHER,
  },
  {
    title: 'keys that nobody knows',
    message: announcing({ trackerid: 'x', __proto_: {}, constructor: 1, jwt: ['a'] }),
    answer: AS_LEECHER,
  },

  // left and event.
  { title: 'left: 0 is a seeder', message: announcing({ left: 0 }), answer: AS_SEEDER },
  { title: 'left: "0" is a seeder', message: announcing({ left: '0' }), answer: AS_SEEDER },
  {
    title: 'left: null is a leecher with a magnet link',
    deviation:
      'bittorrent-tracker takes it for 0, though its own client writes it for an unknown size',
    message: announcing({ left: null }),
    answer: AS_LEECHER,
  },
  { title: 'no left is a leecher', message: announcing({ left: undefined }), answer: AS_LEECHER },
  {
    title: 'an unknown event is a regular announce',
    deviation: LENIENT,
    message: announcing({ event: 'dancing' }),
    answer: AS_LEECHER,
  },
  {
    title: 'event: null is a regular announce',
    message: announcing({ event: null }),
    answer: AS_LEECHER,
  },
  { title: 'event: ""', message: announcing({ event: '' }), answer: AS_LEECHER },
  {
    title: 'stopped of who never started',
    message: announcing({ event: 'stopped' }),
    answer: AS_NOBODY,
  },
  {
    title: 'completed of who never started',
    message: announcing({ event: 'completed', left: 0 }),
    answer: AS_SEEDER,
  },

  // Offers that cannot be relayed, past which the announce counts.
  ...USELESS_OFFERS.map(([title, offers]) => ({
    title: `offers ${title}`,
    deviation: USELESS,
    message: announcing({ offers }),
    answer: AS_LEECHER,
  })),
  {
    title: 'offers that are no list',
    message: announcing({ offers: { length: 3 } }),
    answer: AS_LEECHER,
  },
  {
    title: 'offers with stopped go to nobody',
    deviation: 'who leaves takes no peers',
    message: announcing({ event: 'stopped', offers: [offerOf('1')] }),
    answer: AS_NOBODY,
  },
  {
    title: 'offers of a seeder go to no seeder',
    deviation: 'a seeder has no use for one',
    message: announcing({ left: 0, offers: [offerOf('1')] }),
    answer: AS_SEEDER,
  },

  // Ids.
  {
    title: 'a peer_id of any bytes',
    message: announcing({ peer_id: '\x00\x7f\x80\xff'.repeat(5) }),
    answer: AS_LEECHER,
  },
  ...WRONG_IDS.flatMap(([title, id]) => [
    {
      title: `an info_hash that is ${title}`,
      deviation: ACTION,
      message: announcing({ info_hash: id }),
      answer: refusedUnnamed(NOT_20('info_hash')),
    },
    {
      title: `a peer_id that is ${title}`,
      deviation: ACTION,
      message: announcing({ peer_id: id }),
      answer: refused(NOT_20('peer_id')),
    },
    {
      title: `an answer's to_peer_id that is ${title}`,
      deviation: ACTION,
      message: answering({ to_peer_id: id }),
      answer: refused(NOT_20('to_peer_id')),
    },
  ]),
  {
    title: 'an info_hash with a character past U+00FF',
    deviation: BYTES,
    message: announcing({ info_hash: `${'x'.repeat(19)}\u0100` }),
    answer: refusedUnnamed(NOT_20('info_hash')),
  },
  {
    title: 'a peer_id with a character past U+00FF',
    deviation: BYTES,
    message: announcing({ peer_id: `${'x'.repeat(19)}\u0100` }),
    answer: refused(NOT_20('peer_id')),
  },
  {
    title: 'an info_hash that is not registered',
    deviation: 'the operator publishes here, strangers do not',
    message: announcing({ info_hash: infoHashToBinary(STRANGER) }),
    answer: () => failure(STRANGER, 'this torrent is not registered at this tracker'),
  },

  // Answers.
  {
    title: 'an answer to nothing, from who has not announced',
    deviation: 'a client learns that its answer came too late; aquatic says so too',
    message: answering({}),
    answer: refused('no offer waits for this answer; it may have expired'),
  },
  {
    title: 'an answer without an sdp',
    deviation: 'nobody could use it',
    message: answering({ answer: { type: 'answer' } }),
    answer: refused('answer is not a WebRTC answer with an sdp of allowed size'),
  },
  {
    title: 'an answer without an offer_id',
    deviation: 'nobody could tell what it answers',
    message: answering({ offer_id: undefined }),
    answer: refused('offer_id is not 1 to 64 characters'),
  },
  {
    title: 'answer: null is an announce',
    message: answering({ answer: null }),
    answer: AS_LEECHER,
  },

  // Scrapes.
  {
    title: 'a scrape of one info_hash as a string',
    message: (infoHash) => ({ action: 'scrape', info_hash: infoHashToBinary(infoHash), x: 1 }),
    answer: (infoHash) => ({
      action: 'scrape',
      files: {
        [infoHashToBinary(infoHash)]: { complete: 1, incomplete: 1, downloaded: 0, downloaders: 1 },
      },
    }),
  },
  {
    title: 'a scrape of 64 info_hash',
    message: scraping(Array.from({ length: 64 }, () => peerIdText('1'))),
    answer: () => ({
      action: 'scrape',
      files: { [peerIdText('1')]: { complete: 0, incomplete: 0, downloaded: 0, downloaders: 0 } },
    }),
  },
  {
    title: 'a scrape of 65 info_hash',
    deviation: 'one message must not cost more than any other',
    message: scraping(Array.from({ length: 65 }, () => peerIdText('1'))),
    answer: refusedScrape('the scrape names too many info_hash'),
  },
  {
    title: 'a scrape of a wrong info_hash',
    deviation: ACTION,
    message: (infoHash) => ({
      ...scrapeOf(infoHash),
      info_hash: [infoHashToBinary(infoHash), 'x'],
    }),
    answer: refusedScrape(NOT_20('info_hash')),
  },
  ...[undefined, null, []].map((infoHash) => ({
    title: `a scrape of all torrents, info_hash: ${JSON.stringify(infoHash)}`,
    deviation: 'it would tell strangers all that is tracked here',
    message: scraping(infoHash),
    answer: FULL_SCRAPE,
  })),

  // What is no message.
  { title: 'null', deviation: ACTION, message: raw('null'), answer: NO_OBJECT },
  { title: 'a list', deviation: ACTION, message: raw('[]'), answer: NO_OBJECT },
  { title: 'a number', deviation: ACTION, message: raw('42'), answer: NO_OBJECT },
  { title: 'a string', deviation: ACTION, message: raw('"announce"'), answer: NO_OBJECT },
  { title: 'no JSON', deviation: ACTION, message: raw('hello'), answer: NO_JSON },
  { title: 'no text', deviation: ACTION, message: raw(''), answer: NO_JSON },
  {
    title: 'bytes that are not UTF-8',
    deviation: ACTION,
    message: raw(Uint8Array.of(0xff, 0xfe)),
    answer: NO_JSON,
  },
  {
    title: 'brackets without end',
    deviation: ACTION,
    message: raw('['.repeat(60_000)),
    answer: NO_JSON,
  },
  {
    title: 'no action',
    deviation: ACTION,
    message: announcing({ action: undefined }),
    answer: refused(NO_ACTION),
  },
  {
    title: 'another action',
    deviation: ACTION,
    message: announcing({ action: 'connect' }),
    answer: refused(NO_ACTION),
  },
];

import { type AnswerSummary, peerIdText } from './announces.ts';

// What serious trackers do with each case of an HTTP announce differs; this is what this one does. Where it is not what
// bittorrent-tracker's server does, which most WebTorrent users have seen so far, the row says why.

export interface ConformanceRow {
  readonly title: string;
  /** Why the answer is not bittorrent-tracker's; without it, it is the same. */
  readonly deviation?: string;
  /** Changes to a well-formed announce of a leecher; `undefined` leaves a key out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly answer: Partial<AnswerSummary>;
}

const SEEDER = '198.51.100.7:7000';
const LEECHER = '[2001:db8::6]:6881';
export const BOTH = [SEEDER, LEECHER];
/** The asker is counted, as it is by bittorrent-tracker. */
export const AS_LEECHER = { failure: undefined, seeders: 1, leechers: 2 };
export const AS_SEEDER = { failure: undefined, seeders: 2, leechers: 1 };
/** A seeder is of use to leechers alone. */
const FOR_A_SEEDER = { ...AS_SEEDER, peers: [LEECHER] };

const NOT_20 = 'info_hash is not 20 bytes';
const BAD_PORT = 'port is not a number from 1 to 65535';
const NO_SEEDERS = 'one that has everything has no use for seeders';
const LENIENT = 'a client must not lose its peers to a key that no tracker needs';
const CLOSED_PORT = 'some clients send port 0 with stopped, as they have closed it';
const COMPACT = 'newTrackon and nearly all clients expect compact where nothing is said (BEP 23)';

/** Each is sent to a swarm of one seeder over IPv4 and one leecher over IPv6. */
export const CONFORMANCE_ROWS: readonly ConformanceRow[] = [
  {
    title: 'a well-formed announce',
    deviation: COMPACT,
    answer: { ...AS_LEECHER, form: 'compact', peers: BOTH },
  },

  // How bytes are written.
  { title: 'a plus is a space', parameters: { peer_id: `+${'x'.repeat(19)}` }, answer: AS_LEECHER },
  {
    title: 'a plus in a number is no number',
    deviation: 'only digits are taken for a number',
    parameters: { left: '+0' },
    answer: AS_LEECHER,
  },
  {
    title: 'a broken escape stays as it is written',
    parameters: { info_hash: '%zz' },
    answer: refused(NOT_20),
  },
  {
    title: 'a cut-off escape stays as it is written',
    parameters: { peer_id: `${'x'.repeat(18)}%a` },
    answer: AS_LEECHER,
  },
  {
    title: 'raw tildes and other unescaped characters',
    parameters: { peer_id: "~!*'()-._$,;:@/?~~~~" },
    answer: AS_LEECHER,
  },
  { title: 'only & separates', parameters: { x: '1;port=0' }, answer: AS_LEECHER },
  {
    title: 'a second = is part of the value',
    parameters: { x: 'b=c', port: '1=2' },
    answer: refused(BAD_PORT),
  },
  { title: 'parts without a key', parameters: { '': '', '&&': '' }, answer: AS_LEECHER },
  {
    title: 'keys in upper case are other keys',
    parameters: { port: undefined, PORT: '1' },
    answer: refused('port is missing'),
  },
  {
    title: 'an escaped key is that key',
    parameters: { port: undefined, '%70ort': '1' },
    answer: AS_LEECHER,
  },

  // Repeated keys.
  {
    title: 'a repeated info_hash',
    parameters: { info_hash: 'x&info_hash=y' },
    answer: refused('info_hash is there more than once'),
  },
  {
    title: 'any other repeated key: the last counts',
    deviation: 'an announce URL may bring parameters of its own',
    parameters: { port: '0&port=6881', left: '0&left=1', event: 'stopped&event=started' },
    answer: AS_LEECHER,
  },
  {
    title: 'repeated ipv4 and ipv6, as libtorrent sends them',
    parameters: { ipv4: '10.0.0.1&ipv4=10.0.0.2', ipv6: 'fe80%3a%3a1&ipv6=fe80%3a%3a2' },
    answer: AS_LEECHER,
  },
  {
    title: 'ipv6=None, as newTrackon may send it',
    parameters: { ipv6: 'None' },
    answer: AS_LEECHER,
  },

  // What is needed.
  {
    title: 'an info_hash of 19 bytes',
    parameters: { info_hash: 'x'.repeat(19) },
    answer: refused(NOT_20),
  },
  {
    title: 'an info_hash of 21 bytes',
    parameters: { info_hash: 'x'.repeat(21) },
    answer: refused(NOT_20),
  },
  {
    title: 'a whole v2 info_hash of 32 bytes (BEP 52 announces its first 20)',
    parameters: { info_hash: 'x'.repeat(32) },
    answer: refused(NOT_20),
  },
  {
    title: 'an info_hash in hexadecimal',
    parameters: { info_hash: 'ab'.repeat(20) },
    answer: refused(NOT_20),
  },
  {
    title: 'no info_hash',
    parameters: { info_hash: undefined },
    answer: { ...refused('info_hash is missing'), retryIn: 'never' },
  },
  {
    title: 'an info_hash that is not registered',
    deviation: 'the operator publishes here, strangers do not',
    parameters: { info_hash: 'x'.repeat(20) },
    answer: { ...refused('this torrent is not registered at this tracker'), retryIn: '30' },
  },
  {
    title: 'no peer_id',
    parameters: { peer_id: undefined },
    answer: refused('peer_id is missing'),
  },
  {
    title: 'a peer_id of 19 bytes',
    parameters: { peer_id: 'x'.repeat(19) },
    answer: refused('peer_id is not 20 bytes'),
  },
  {
    title: 'a peer_id of 21 bytes',
    parameters: { peer_id: 'x'.repeat(21) },
    answer: refused('peer_id is not 20 bytes'),
  },
  {
    title: 'a peer_id of any bytes',
    parameters: { peer_id: '%00%ff'.repeat(10) },
    answer: AS_LEECHER,
  },
  { title: 'port 0', parameters: { port: '0' }, answer: refused(BAD_PORT) },
  {
    title: 'port 0 on stopped',
    deviation: CLOSED_PORT,
    parameters: { port: '0', event: 'stopped' },
    answer: { failure: undefined, seeders: 1, leechers: 1 },
  },
  { title: 'no port', parameters: { port: undefined }, answer: refused('port is missing') },
  { title: 'port 65535', parameters: { port: '65535' }, answer: AS_LEECHER },
  { title: 'port 65536', parameters: { port: '65536' }, answer: refused(BAD_PORT) },
  { title: 'a port that is junk', parameters: { port: 'http' }, answer: refused(BAD_PORT) },
  { title: 'a negative port', parameters: { port: '-1' }, answer: refused(BAD_PORT) },

  // What is not needed.
  {
    title: 'left=0 is a seeder',
    deviation: NO_SEEDERS,
    parameters: { left: '0' },
    answer: FOR_A_SEEDER,
  },
  {
    title: 'no left is a leecher',
    parameters: { left: undefined },
    answer: { ...AS_LEECHER, peers: BOTH },
  },
  { title: 'a negative left is a leecher', parameters: { left: '-1' }, answer: AS_LEECHER },
  { title: 'a junk left is a leecher', parameters: { left: 'all' }, answer: AS_LEECHER },
  { title: 'a left of 2^32 is a leecher', parameters: { left: '4294967296' }, answer: AS_LEECHER },
  { title: 'no uploaded or downloaded', answer: AS_LEECHER },
  {
    title: 'junk uploaded and downloaded',
    parameters: { uploaded: '-1', downloaded: 'NaN' },
    answer: AS_LEECHER,
  },
  {
    title: 'key, trackerid, corrupt, supportcrypto and redundant',
    parameters: { key: '0F', trackerid: '', corrupt: '0', supportcrypto: '1', redundant: '0' },
    answer: AS_LEECHER,
  },

  // How many peers.
  {
    title: 'numwant=0 is no peers',
    deviation: 'a client that asks for none has enough',
    parameters: { numwant: '0' },
    answer: { ...AS_LEECHER, form: 'compact', peers: [] },
  },
  {
    title: 'numwant=1 is one peer, for a leecher one that has everything',
    deviation: 'a leecher gets seeders first',
    parameters: { numwant: '1' },
    answer: { peers: [SEEDER] },
  },
  {
    title: 'a negative numwant is the default',
    deviation: 'a client that has no wish must not be left without peers',
    parameters: { numwant: '-1' },
    answer: { ...AS_LEECHER, peers: BOTH },
  },
  {
    title: 'a junk numwant is the default',
    parameters: { numwant: 'many' },
    answer: { ...AS_LEECHER, peers: BOTH },
  },
  {
    title: 'a huge numwant is all there are',
    parameters: { numwant: '99999999999999999999' },
    answer: { ...AS_LEECHER, peers: BOTH },
  },

  // How peers are written.
  {
    title: 'compact=1',
    parameters: { compact: '1' },
    answer: { form: 'compact', peers: BOTH, peerIds: [] },
  },
  {
    title: 'a junk compact is compact',
    deviation: COMPACT,
    parameters: { compact: 'yes' },
    answer: { form: 'compact' },
  },
  {
    title: 'compact=0 is dictionaries, both families in one list',
    parameters: { compact: '0' },
    answer: { form: 'dictionaries', peers: BOTH, peerIds: [peerIdText('6'), peerIdText('5eed')] },
  },
  {
    title: 'compact=0 and no_peer_id=1',
    deviation: 'BEP 23 lets a client leave the ids out, which are half of the reply',
    parameters: { compact: '0', no_peer_id: '1' },
    answer: { form: 'dictionaries', peers: BOTH, peerIds: [] },
  },
  {
    title: 'compact=0 and no_peer_id=0',
    parameters: { compact: '0', no_peer_id: '0' },
    answer: { peerIds: [peerIdText('6'), peerIdText('5eed')] },
  },
  {
    title: 'compact=0 and numwant=0 is an empty list',
    parameters: { compact: '0', numwant: '0' },
    answer: { form: 'dictionaries', peers: [] },
  },

  // Events.
  { title: 'event=started', parameters: { event: 'started' }, answer: AS_LEECHER },
  { title: 'event= is a regular announce', parameters: { event: '' }, answer: AS_LEECHER },
  {
    title: 'event=paused is a partial seed, counted as a leecher (BEP 21)',
    deviation: 'it gets no seeders, having no use for them',
    parameters: { event: 'paused' },
    answer: { ...AS_LEECHER, peers: [LEECHER] },
  },
  {
    title: 'event=paused with left=0 is a seeder',
    deviation: NO_SEEDERS,
    parameters: { event: 'paused', left: '0' },
    answer: FOR_A_SEEDER,
  },
  {
    title: 'an unknown event is a regular announce',
    deviation: LENIENT,
    parameters: { event: 'dancing' },
    answer: AS_LEECHER,
  },
  {
    title: 'an event in upper case is a regular announce',
    deviation: LENIENT,
    parameters: { event: 'STOPPED' },
    answer: AS_LEECHER,
  },
  {
    title: 'event=completed of one that was not here before',
    parameters: { event: 'completed', left: '0' },
    answer: AS_SEEDER,
  },
  {
    title: 'event=stopped of one that was not here before',
    parameters: { event: 'stopped' },
    answer: { failure: undefined, seeders: 1, leechers: 1 },
  },

  // Whom to believe.
  {
    title: 'an IPv4-mapped source is IPv4',
    headers: { 'cf-connecting-ip': '::ffff:192.0.2.9' },
    answer: { ...AS_LEECHER, externalAddress: '192.0.2.9' },
  },
  {
    title: 'an IPv6 source',
    headers: { 'cf-connecting-ip': '2001:db8::9' },
    answer: { ...AS_LEECHER, externalAddress: '2001:db8::9' },
  },
  {
    title: 'ip, ipv4 and ipv6 of a stranger',
    parameters: { ip: '203.0.113.66', ipv4: '203.0.113.66', ipv6: '2001:db8::66' },
    answer: { ...AS_LEECHER, externalAddress: '192.0.2.1' },
  },
  {
    title: 'X-Forwarded-For',
    headers: { 'x-forwarded-for': '203.0.113.66' },
    answer: { externalAddress: '192.0.2.1' },
  },
  {
    title: 'the same peer over another family is one peer',
    deviation: 'a dual-stack client would count twice',
    parameters: { peer_id: peerIdText('5eed'), left: '0' },
    headers: { 'cf-connecting-ip': '2001:db8::7' },
    answer: { seeders: 1, leechers: 1 },
  },

  // Paths.
  {
    title: 'the path with a prefix',
    deviation: 'the announce URL of a socket, which HTTP clients may be given',
    path: '/announce/ab',
    answer: AS_LEECHER,
  },
];

function refused(failure: string): Partial<AnswerSummary> {
  return { failure, form: 'none' };
}

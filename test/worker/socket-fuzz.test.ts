import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { infoHashToBinary } from '../../shared/binary-strings.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import {
  announceOf,
  answerOf,
  type Keys,
  offerId,
  offerOf,
  scrapeOf,
  type SocketJson,
} from './support/socket-messages.ts';
import { freshSwarm, openSocket, strangeInfoHash } from './support/sockets.ts';

const REPLY = ['action', 'complete', 'incomplete', 'info_hash', 'interval'];
const FAILURE = ['action', 'failure reason', 'info_hash'];
const OFFER = ['action', 'info_hash', 'offer', 'offer_id', 'peer_id'];
const ANSWER = ['action', 'answer', 'info_hash', 'offer_id', 'peer_id'];
const SCRAPE = ['action', 'files', 'flags'];

/** Whether a message is one that a client of the protocol understands. */
function isKnown(message: SocketJson): boolean {
  const keys = Object.keys(message).toSorted().join();
  const { action, info_hash: infoHash } = message;
  if (action === 'scrape') return [SCRAPE, FAILURE].some((known) => known.join() === keys);
  const isNamed = typeof infoHash === 'string' && infoHash.length === 20;
  if (action !== 'announce' || typeof infoHash !== 'string') return false;
  // Of a message that named nobody, it can only be said that it was wrong.
  return (isNamed ? [REPLY, FAILURE, OFFER, ANSWER] : [FAILURE]).some(
    (known) => known.join() === keys,
  );
}

const peer = fc.constantFrom('1', '2', '3');
const suffix = fc.constantFrom('1', '2', '3');

/** Messages that say something, in no sensible order, about swarms that are registered and one that is not. */
function messagesAbout(infoHashes: readonly InfoHash[]): fc.Arbitrary<SocketJson> {
  const infoHash = fc.constantFrom(...infoHashes);
  const keys: fc.Arbitrary<Keys> = fc.record({
    left: fc.constantFrom(0, 5, null, '0', undefined),
    event: fc.constantFrom('started', 'stopped', 'completed', 'paused', '', undefined),
    offers: fc.oneof(
      fc.array(fc.oneof({ weight: 4, arbitrary: suffix.map(offerOf) }, fc.constantFrom(null, 1)), {
        maxLength: 4,
        size: 'max',
      }),
      fc.constant(null),
    ),
  });
  return fc.oneof(
    { weight: 5, arbitrary: fc.tuple(infoHash, peer, keys).map((parts) => announceOf(...parts)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(infoHash, peer, peer, suffix)
        .map(([hash, from, to, id]) => answerOf(hash, from, to, { offer_id: offerId(id) })),
    },
    { weight: 1, arbitrary: infoHash.map((hash) => scrapeOf(hash)) },
  );
}

/** Those messages, others with some keys or a stretch replaced, and what is no message at all. */
function anythingAbout(infoHashes: readonly InfoHash[]): fc.Arbitrary<unknown> {
  const message = messagesAbout(infoHashes);
  const key = fc.constantFrom('action', 'info_hash', 'peer_id', 'to_peer_id', 'answer', 'offers');
  const mutilated = fc
    .tuple(message, fc.nat(), fc.nat({ max: 9 }), fc.string({ maxLength: 9 }))
    .map(([whole, at, length, inserted]) => {
      const text = JSON.stringify(whole);
      const start = at % text.length;
      return text.slice(0, start) + inserted + text.slice(start + length);
    });
  return fc.oneof(
    { weight: 8, arbitrary: message },
    { weight: 1, arbitrary: message.map((whole) => encodeUtf8(JSON.stringify(whole))) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(message, fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })))
        .map(([whole, keys]): SocketJson => Object.assign({}, whole, keys)),
    },
    { weight: 2, arbitrary: mutilated },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.uint8Array() },
    { weight: 1, arbitrary: fc.json() },
  );
}

test('three sockets that send anything in any order get replies, relays and refusals only', async () => {
  const [one, other] = [await freshSwarm('fuzzed'), await freshSwarm('fuzzed too')];
  const infoHashes = [one, one, one, one, other, strangeInfoHash('ab')];
  const steps = fc.array(
    fc.record({
      socket: fc.nat({ max: 2 }),
      message: anythingAbout(infoHashes),
      // Some wait for what comes of it, some do not.
      isAwaited: fc.boolean(),
    }),
    { minLength: 5, maxLength: 20, size: 'max' },
  );
  const seen = new Set<string>();
  const behaves = fc.asyncProperty(steps, async (sent) => {
    const sockets = await Promise.all(
      ['/', '/announce/00', '/announce/ff'].map((path) => openSocket(path)),
    );
    const received: SocketJson[] = [];
    for (const { socket, message, isAwaited } of sent) {
      const sender = sockets[socket];
      sender?.send(message);
      if (isAwaited) received.push(...((await sender?.settle(one)) ?? []));
    }
    for (const socket of sockets) received.push(...(await socket.settle(one)));
    for (const socket of sockets) socket.close();
    for (const message of received) seen.add(Object.keys(message).toSorted().join());
    expect(received.filter((message) => !isKnown(message))).toEqual([]);
  });
  await fc.assert(behaves, { numRuns: 50 });
  // Not all of it was refused.
  expect([...seen]).toEqual(expect.arrayContaining([REPLY, FAILURE].map(String)));
  const socket = await openSocket();
  expect(await socket.ask(announceOf(one, '1'))).toMatchObject({
    info_hash: infoHashToBinary(one),
  });
  socket.close();
}, 60_000);

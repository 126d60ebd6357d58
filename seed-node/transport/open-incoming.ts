import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { EncryptionHandshake, type OpeningRefusal } from '../engine/encryption-handshake.ts';
import type { KeyExchangeLimits } from '../engine/key-exchange-limits.ts';
import { sha1 } from '../hashing/sha1.ts';
import type { ActiveTorrents } from '../library/active-torrents.ts';
import { addressSourceOf } from '../network-address.ts';
import { EncryptedStream } from './encrypted-stream.ts';
import { exchangeKeys } from './key-exchange.ts';

/** What becomes of a stream that someone else opened. */
interface OpeningOutcome {
  /** The conversation goes on over that stream, the same one where it is plain, and begins with these bytes. */
  opened(stream: Duplex, firstBytes: Uint8Array): void;
  refused(reason: OpeningRefusal): void;
}

/** Finds out how a stream is spoken on, and tells it once, unless the stream ends before. */
export type StreamOpener = (stream: Duplex, outcome: OpeningOutcome) => void;

/** Takes plain streams from that address, and encrypted ones, which it decrypts. */
export function openIncoming(
  address: string,
  torrents: ActiveTorrents,
  limits: KeyExchangeLimits,
): StreamOpener {
  return (stream, outcome) => {
    const handshake = new EncryptionHandshake({
      sha1,
      randomBytes,
      mayExchangeKeys: () => limits.take(addressSourceOf(address), Date.now()),
      exchangeKeys,
      findSwarm: (key) => torrents.findSwarm(key),
    });
    const receive = (bytes: Buffer): void => {
      for (const action of handshake.receive(bytes)) {
        if (action.type === 'send') {
          stream.write(action.bytes);
          continue;
        }
        stream.off('data', receive);
        if (action.type === 'drop') outcome.refused(action.reason);
        else {
          const { ciphers } = action;
          const carried = ciphers === undefined ? stream : new EncryptedStream(stream, ciphers);
          outcome.opened(carried, action.bytes);
        }
      }
    };
    stream.on('data', receive);
  };
}

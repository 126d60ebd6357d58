import { Duplex } from 'node:stream';
import { type DataChannel, PeerConnection } from 'node-datachannel';
import { onTestFinished } from 'vitest';
import { invariant } from '../../shared/invariant.ts';
import { RawLeecher } from './raw-leecher.ts';
import { waitUntil } from './wait-until.ts';

/** A peer that offers a connection over WebRTC, as a browser does. */
export class WebRtcOffer {
  readonly connection: PeerConnection;
  readonly channel: DataChannel;
  /** Of those that the leecher was sent. */
  longestMessageBytes = 0;

  constructor() {
    this.connection = new PeerConnection('offer', { iceServers: [] });
    this.channel = this.connection.createDataChannel('offer');
    onTestFinished(() => this.connection.close());
  }

  /** The offer with all its addresses in it. */
  async sdp(): Promise<string> {
    await waitUntil('the addresses', () =>
      this.connection.gatheringState() === 'complete' ? true : undefined,
    );
    const sdp = this.connection.localDescription()?.sdp;
    invariant(sdp !== undefined, 'an offer was made');
    return sdp;
  }

  /** Resolves when the channel is open. */
  async accept(answerSdp: string | undefined): Promise<void> {
    invariant(answerSdp !== undefined, 'the offer was answered');
    this.connection.setRemoteDescription(answerSdp, 'answer');
    await waitUntil('the channel', () => (this.channel.isOpen() ? true : undefined));
  }

  /** Until then nothing that comes is read. */
  leecher(): RawLeecher {
    const { channel } = this;
    const stream = new Duplex({
      read: () => {},
      write: (bytes: Uint8Array, _encoding, done) => {
        channel.sendMessageBinary(bytes);
        done();
      },
      destroy: (error, done) => {
        channel.close();
        done(error);
      },
    });
    channel.onMessage((message) => {
      if (typeof message === 'string') return;
      this.longestMessageBytes = Math.max(this.longestMessageBytes, message.byteLength);
      stream.push(new Uint8Array(message));
    });
    channel.onClosed(() => stream.destroy());
    return new RawLeecher(stream);
  }
}

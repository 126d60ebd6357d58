// How fast a headless Chromium gets bytes over WebRTC: from the seed box, and from a bare data channel.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataChannel, PeerConnection } from 'node-datachannel';
import { ActiveTorrents } from '../../../seed-node/library/active-torrents.ts';
import { Library } from '../../../seed-node/library/library.ts';
import { createLog } from '../../../seed-node/log.ts';
import { addToLibrary } from '../../../seed-node/publish/add-to-library.ts';
import { FilePool } from '../../../seed-node/storage/file-pool.ts';
import { RunCache } from '../../../seed-node/storage/run-cache.ts';
import { Turns } from '../../../seed-node/storage/turns.ts';
import { Peers } from '../../../seed-node/transport/peers.ts';
import { WebRtcPeers } from '../../../seed-node/transport/webrtc-peers.ts';
import { type InfoHash, swarmsOf } from '../../../shared/info-hash.ts';
import { invariant } from '../../../shared/invariant.ts';
import { peerIdFromText } from '../../../shared/peer-id.ts';
import { openPage } from '../../support/chromium.ts';
import { makeBytes } from '../../support/content.ts';
import { median, ratioByRound, runRounds } from '../rounds.ts';
import { LEECH } from './webrtc-page.ts';

const BLOCK_BYTES = 16 * 1024;
/** What the bare channel keeps in its buffer, at least half of it. */
const BARE_BUFFER_BYTES = 1024 * 1024;

export interface WebRtcBenchOptions {
  readonly sizeBytes: number;
  readonly rounds: number;
  /** Where the content is put. */
  readonly folder: string;
}

export interface WebRtcFigures {
  /** Bytes per second, by round. */
  readonly ours: readonly number[];
  readonly bare: readonly number[];
  readonly oursMedian: number;
  readonly bareMedian: number;
  /** The median of ours to the bare one's, within each round. */
  readonly ratio: number;
}

/** Someone who answers an offer, and sends the content over the channel. */
interface Contender {
  /** Set where the content is to be asked for. */
  readonly torrent: { readonly infoHash: InfoHash; readonly pieceLengthBytes: number } | undefined;
  answer: (offerSdp: string) => Promise<string>;
}

export async function measureWebRtc(options: WebRtcBenchOptions): Promise<WebRtcFigures> {
  const { sizeBytes, rounds } = options;
  invariant(sizeBytes % BLOCK_BYTES === 0, 'the content is whole blocks');
  await using resources = new AsyncDisposableStack();
  const ours = await startSeedBox(options, resources);
  const bare: Contender = {
    torrent: undefined,
    answer: (offerSdp) => answerBare(offerSdp, sizeBytes, resources),
  };
  const run = (contender: Contender): Promise<number> => measure(contender, sizeBytes);
  // The seed box verifies every piece the first time.
  await runRounds([ours, bare], 1, run);
  const results = await runRounds([ours, bare], rounds, run);
  const [our = [], its = []] = [results.get(ours), results.get(bare)];
  return {
    ours: our,
    bare: its,
    oursMedian: median(our),
    bareMedian: median(its),
    ratio: ratioByRound(our, its),
  };
}

/** Bytes per second from the first byte of content to the last, in a Chromium of its own. */
async function measure({ torrent, answer }: Contender, sizeBytes: number): Promise<number> {
  const opened = await openPage();
  const { page } = opened;
  try {
    const plan = JSON.stringify({ ...torrent, sizeBytes, blockBytes: BLOCK_BYTES });
    const offer: unknown = await page.evaluate(`(${LEECH})(${plan})`);
    const answerSdp = await answer(String(offer));
    const sdp = JSON.stringify(answerSdp);
    const milliseconds: unknown = await page.evaluate(`window.download(${sdp})`);
    return sizeBytes / (Number(milliseconds) / 1_000);
  } finally {
    await opened.close();
  }
}

async function startSeedBox(
  { sizeBytes, folder }: WebRtcBenchOptions,
  resources: AsyncDisposableStack,
): Promise<Contender> {
  const path = join(folder, 'content.bin');
  writeFileSync(path, makeBytes(sizeBytes, 'webrtc'));
  const library = resources.adopt(new Library(':memory:'), (opened) => opened.close());
  const { hashes } = await addToLibrary(library, path, {
    format: 'v1',
    onProgress: () => {},
    onSkipped: () => {},
    signal: new AbortController().signal,
  });
  const log = createLog('warn', (line) => process.stderr.write(line));
  const files = resources.adopt(new FilePool(), (pool) => pool.closeIdle());
  const torrents = new ActiveTorrents(library, {
    files,
    cache: new RunCache(),
    verifications: new Turns(2),
    log,
  });
  const ourPeerId = peerIdFromText('-ET0100-abcdefghijkl');
  invariant(ourPeerId !== undefined, 'a peer id is 20 characters');
  const peers = resources.adopt(
    new Peers({ ourPeerId, torrents, log, onUploaded: () => {}, onPeersNamed: () => {} }),
    (opened) => opened.close(),
  );
  const webRtcPeers = resources.adopt(
    new WebRtcPeers({ peers, log, port: 0, stunUrls: [] }),
    (opened) => opened.close(),
  );
  await webRtcPeers.start();
  const [infoHash] = swarmsOf(hashes);
  const served = torrents.find(infoHash);
  invariant(served !== undefined, 'the torrent is in the library');
  return {
    torrent: { infoHash, pieceLengthBytes: served.layout.pieceLengthBytes },
    answer: async (offerSdp) => {
      const answer = await webRtcPeers.answer(offerSdp);
      invariant(answer !== undefined, 'the offer is answered');
      return answer;
    },
  };
}

/** The least that the library can do: messages as long as a block, as long as its buffer is not full. */
async function answerBare(
  offerSdp: string,
  sizeBytes: number,
  resources: AsyncDisposableStack,
): Promise<string> {
  const connection = resources.adopt(new PeerConnection('bare', { iceServers: [] }), (opened) =>
    opened.close(),
  );
  const channels: DataChannel[] = [];
  connection.onDataChannel((channel) => {
    // The library lets go of what nobody refers to.
    channels.push(channel);
    sendAll(channel, sizeBytes);
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  connection.onGatheringStateChange((state) => {
    if (state === 'complete') resolve(connection.localDescription()?.sdp ?? '');
  });
  connection.setRemoteDescription(offerSdp, 'offer');
  return promise;
}

function sendAll(channel: DataChannel, sizeBytes: number): void {
  const block = Buffer.alloc(BLOCK_BYTES, 1);
  let sentBytes = 0;
  const fill = (): void => {
    while (sentBytes < sizeBytes && channel.bufferedAmount() < BARE_BUFFER_BYTES) {
      channel.sendMessageBinary(block);
      sentBytes += block.length;
    }
  };
  channel.setBufferedAmountLowThreshold(BARE_BUFFER_BYTES / 2);
  channel.onBufferedAmountLow(fill);
  fill();
}

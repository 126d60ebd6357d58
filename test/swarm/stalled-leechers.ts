import { ID } from '../../seed-node/wire/message-frame.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { BLOCK_BYTES } from '../../shared/pieces.ts';
import { blockMessage, CrowdPeer, INTERESTED, many, type Place } from './crowd-peer.ts';

/** More than all buffers on the way hold. */
const BLOCKS = 1000;

const asked = many(BLOCKS, blockMessage(ID.request, 0, 0, BLOCK_BYTES));

/** Those who take a slot and make nothing of it: each a way to do so. */
export const STALLED: Readonly<Record<string, (place: Place, infoHash: InfoHash) => CrowdPeer>> = {
  'asks for a lot and reads nothing': (place, infoHash) => {
    const peer = interested(new CrowdPeer(place), infoHash);
    peer.onSlot = () => {
      peer.write(asked);
      peer.stopReading();
    };
    return peer;
  },
  'asks for a lot and reads a byte a second': (place, infoHash) => {
    const peer = interested(new CrowdPeer(place, true), infoHash);
    peer.onSlot = () => {
      peer.write(asked);
      peer.dribble();
    };
    return peer;
  },
  'never asks': (place, infoHash) => {
    const peer = interested(new CrowdPeer(place), infoHash);
    peer.keepAlive();
    return peer;
  },
};

function interested(peer: CrowdPeer, infoHash: InfoHash): CrowdPeer {
  peer.sayHello(infoHash);
  peer.write(INTERESTED);
  return peer;
}

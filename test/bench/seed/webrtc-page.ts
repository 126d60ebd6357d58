/**
 * Runs in the page: makes the offer, returns it, and leaves `window.download(answer)`, which resolves with the
 * milliseconds from the first byte of content to the last. With an info-hash it is the least of a leecher (BEP 3): it
 * asks for block after block, and counts what comes.
 */
export const LEECH = `async ({ infoHash, pieceLengthBytes, sizeBytes, blockBytes }) => {
  const QUEUED_REQUESTS = 250;
  const connection = new RTCPeerConnection();
  const channel = connection.createDataChannel('bench');
  channel.binaryType = 'arraybuffer';
  const { promise: finished, resolve: finish } = Promise.withResolvers();

  const blocks = sizeBytes / blockBytes;
  // Ahead of the content: nothing, or a handshake, a bitfield and an unchoke; around each block: nothing, or a head.
  const headBytes = infoHash === undefined ? 0 : 13;
  let aheadBytes = 0;
  let receivedBytes = 0;
  let startedAt = 0;
  let requested = 0;
  let early = new Uint8Array(0);

  const request = (upTo) => {
    const count = Math.min(upTo, blocks) - requested;
    if (count <= 0) return;
    const view = new DataView(new ArrayBuffer(count * 17));
    for (let n = 0; n < count; n += 1, requested += 1) {
      const offset = requested * blockBytes;
      view.setUint32(n * 17, 13);
      view.setUint8(n * 17 + 4, 6);
      view.setUint32(n * 17 + 5, Math.floor(offset / pieceLengthBytes));
      view.setUint32(n * 17 + 9, offset % pieceLengthBytes);
      view.setUint32(n * 17 + 13, blockBytes);
    }
    channel.send(view.buffer);
  };

  const isUnchoked = (bytes) => {
    const view = new DataView(bytes.buffer);
    for (let at = 68; at + 5 <= bytes.length; at += 4 + view.getUint32(at)) {
      if (view.getUint8(at + 4) === 1) {
        aheadBytes = at + 5;
        return true;
      }
    }
    return false;
  };

  channel.onopen = () => {
    if (infoHash === undefined) return;
    const hello = new Uint8Array(68 + 5);
    hello.set([19, ...new TextEncoder().encode('BitTorrent protocol')]);
    for (let i = 0; i < 20; i += 1) hello[28 + i] = parseInt(infoHash.slice(2 * i, 2 * i + 2), 16);
    crypto.getRandomValues(hello.subarray(48, 68));
    hello.set([0, 0, 0, 1, 2], 68);
    channel.send(hello);
  };

  channel.onmessage = ({ data }) => {
    if (infoHash !== undefined && aheadBytes === 0) {
      const more = new Uint8Array(early.length + data.byteLength);
      more.set(early);
      more.set(new Uint8Array(data), early.length);
      early = more;
      if (isUnchoked(early)) request(QUEUED_REQUESTS);
      return;
    }
    if (receivedBytes === 0) startedAt = performance.now();
    receivedBytes += data.byteLength;
    const received = Math.floor(receivedBytes / (blockBytes + headBytes));
    if (infoHash !== undefined && requested - received < QUEUED_REQUESTS / 2) request(received + QUEUED_REQUESTS);
    if (receivedBytes >= blocks * (blockBytes + headBytes)) finish(performance.now() - startedAt);
  };

  window.download = async (answer) => {
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    return finished;
  };
  await connection.setLocalDescription();
  if (connection.iceGatheringState !== 'complete') {
    await new Promise((resolve) => {
      connection.onicegatheringstatechange = () =>
        connection.iceGatheringState === 'complete' && resolve();
    });
  }
  return connection.localDescription.sdp;
}`;

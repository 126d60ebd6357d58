import { connect } from 'node:net';

const BUFFER_BYTES = 1024 * 1024;

/** Downloads over HTTP into one buffer again and again, and returns the seconds from connecting to the last byte. */
export async function discardDownload(
  port: number,
  target: string,
  wantedBytes: number,
): Promise<number> {
  const start = process.hrtime.bigint();
  const receivedBytes = await new Promise<number>((resolve, reject) => {
    let received = 0;
    const socket = connect({
      host: '127.0.0.1',
      port,
      onread: {
        buffer: Buffer.allocUnsafe(BUFFER_BYTES),
        callback: (length) => {
          received += length;
          return true;
        },
      },
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  // The headers are a few hundred bytes more.
  if (receivedBytes < wantedBytes || receivedBytes > wantedBytes + 10_000) {
    throw new Error(`${receivedBytes} bytes came in place of ${wantedBytes}`);
  }
  return seconds;
}

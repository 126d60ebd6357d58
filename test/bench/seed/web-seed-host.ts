// The seed box's HTTP server in a process of its own, with one published path. Prints `{"port", "target"}`.
// Usage: web-seed-host.ts PATH
import { basename } from 'node:path';
import { startSeedServer } from '../../../seed-node/http/seed-server.ts';
import { ActiveTorrents } from '../../../seed-node/library/active-torrents.ts';
import { Library } from '../../../seed-node/library/library.ts';
import { createLog } from '../../../seed-node/log.ts';
import { addToLibrary } from '../../../seed-node/publish/add-to-library.ts';
import { FilePool } from '../../../seed-node/storage/file-pool.ts';
import { swarmsOf } from '../../../shared/info-hash.ts';

const [, , path = ''] = process.argv;
const library = new Library(':memory:');
const { hashes } = await addToLibrary(library, path, {
  format: 'v1',
  onProgress: () => {},
  onSkipped: () => {},
  signal: new AbortController().signal,
});
const log = createLog('warn', (line) => process.stderr.write(line));
const { port } = await startSeedServer('127.0.0.1', 0, {
  health: () => ({ torrents: 1, peers: 0, uploadedBytes: 0 }),
  torrents: new ActiveTorrents(library, new FilePool(), log),
  log,
});
const target = `/webseed/${swarmsOf(hashes)[0]}/${encodeURIComponent(basename(path))}`;
process.stdout.write(`${JSON.stringify({ port, target })}\n`);

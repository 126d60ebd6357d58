// Makes a v1 .torrent with `create-torrent`: `<path> <piece length> <output>`.
import { writeFileSync } from 'node:fs';
import createTorrent from 'create-torrent';

const [path = '', pieceLength, output = ''] = process.argv.slice(2);
createTorrent(path, { pieceLength: Number(pieceLength), announceList: [] }, (error, torrent) => {
  if (error !== null) throw error;
  writeFileSync(output, torrent);
});

// Seeds one .torrent with webtorrent, without checking it first, until it is stopped.
import { readFileSync } from 'node:fs';
import WebTorrent from 'webtorrent-hybrid';

const [torrent = '', folder = '', port = '0'] = process.argv.slice(2);
const client = new WebTorrent({
  torrentPort: Number(port),
  dht: false,
  tracker: false,
  lsd: false,
  utp: false,
  natUpnp: false,
  natPmp: false,
});
client.add(readFileSync(torrent), { path: folder, skipVerify: true });

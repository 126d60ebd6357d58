// `bittorrent-tracker`, the tracker that WebTorrent brings, in a process of its own that lives as long as the channel
// to its parent.
import Server from 'bittorrent-tracker/server';

process.once('message', () => {
  const server = new Server({ http: true, ws: true, udp: false, stats: false, trustProxy: true });
  server.on('error', (error) => process.send?.(String(error)));
  server.on('listening', () => process.send?.(server.http.address().port));
  server.listen(0, '127.0.0.1');
});
process.once('disconnect', () => process.exit());

import type { PublishedTorrent } from '../catalog/published-torrent.ts';
import { displayName } from '../display-name.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import { Layout } from './layout.tsx';

/** What this is, and what was published last. */
export function HomePage({ newest }: { readonly newest: readonly PublishedTorrent[] }) {
  return (
    <Layout title="Evertorrent">
      <h1>Torrents that keep their seed</h1>
      <p>
        A tracker with a seed box behind it: what is published here stays downloadable, with any
        BitTorrent client, for as long as one complete copy can be reached.
      </p>
      <h2>Newest</h2>
      {newest.length === 0 ? (
        <p class="quiet">Nothing is published here yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Size</th>
            </tr>
          </thead>
          <tbody>
            {newest.map((torrent) => (
              <tr>
                <td dir="auto">
                  <a href={`/t/${torrent.hashes.v1 ?? torrent.hashes.v2}`}>
                    {displayName(torrent.name)}
                  </a>
                </td>
                <td>{formatBytes(torrent.sizeBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Layout>
  );
}

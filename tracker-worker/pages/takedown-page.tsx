import type { Takedown } from '../catalog/listing.ts';
import { displayName } from '../display-name.ts';
import { Layout } from './layout.tsx';

/** In place of a publication that its operator took down: why, and since when (RFC 7725). */
export function TakedownPage({ reason, listedAtSeconds }: Takedown) {
  const day = new Date(listedAtSeconds * 1000).toISOString().slice(0, 10);
  return (
    <Layout title="Taken down – Evertorrent">
      <h1>Taken down</h1>
      <p>
        The operator of this site took this torrent down on <time datetime={day}>{day}</time>. It is
        not tracked, listed or served here any more.
      </p>
      <p class="notice warn" dir="auto">
        {reason === null ? 'No reason was given.' : displayName(reason)}
      </p>
      <p>
        <a href="/">See what is published here</a>
      </p>
    </Layout>
  );
}

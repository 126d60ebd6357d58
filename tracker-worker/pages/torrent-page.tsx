import type { TorrentFile } from '../../shared/torrent-files.ts';
import type { Publication } from '../../shared/publication.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import { displayName } from '../display-name.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import { Layout } from './layout.tsx';

/** Files that a page lists; a folder may have 200,000, which no browser shows gladly. */
const MAX_LISTED_FILES = 500;

export interface TorrentPageProps {
  readonly publication: Publication;
  readonly files: readonly TorrentFile[];
  /** `undefined` where the tracker did not answer in time. */
  readonly counts: SwarmCounts | undefined;
}

/** One publication: what it is, how to get it, how it is doing. */
export function TorrentPage({ publication, files, counts }: TorrentPageProps) {
  const name = displayName(publication.name);
  return (
    <Layout title={`${name} – Evertorrent`}>
      <h1 dir="auto">{name}</h1>
      <div class="actions">
        <a class="button first" href={publication.torrentUrl}>
          Download .torrent
        </a>
        <a class="button" href={publication.magnet}>
          Magnet link
        </a>
      </div>
      <dl class="facts">
        <Fact label="Size" value={formatBytes(publication.size)} />
        <Fact label="Seeders" value={formatCount(counts?.seeders)} />
        <Fact label="Leechers" value={formatCount(counts?.leechers)} />
        <Fact label="Downloads" value={formatCount(counts?.downloads)} />
      </dl>
      <InfoHashLine label="Info-hash" hash={publication.infoHash} />
      <InfoHashLine label="Info-hash v2" hash={publication.infoHashV2} />
      <FileTable name={name} files={files} />
    </Layout>
  );
}

function InfoHashLine({ label, hash }: { readonly label: string; readonly hash: string | null }) {
  if (hash === null) return null;
  return (
    <p class="quiet">
      {label} <code>{hash}</code>
    </p>
  );
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function FileTable({
  name,
  files,
}: {
  readonly name: string;
  readonly files: readonly TorrentFile[];
}) {
  const more = files.length - MAX_LISTED_FILES;
  return (
    <>
      <h2>{files.length === 1 ? '1 file' : `${files.length.toLocaleString('en')} files`}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {files.slice(0, MAX_LISTED_FILES).map((file) => (
            <tr>
              <td dir="auto">{file.path.length === 0 ? name : displayName(file.path.join('/'))}</td>
              <td>{formatBytes(file.lengthBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p class="quiet">…and {more.toLocaleString('en')} more.</p>}
    </>
  );
}

function formatCount(count: number | undefined): string {
  return count === undefined ? 'unknown' : count.toLocaleString('en');
}

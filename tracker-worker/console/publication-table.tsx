import { formatBytes } from '../../shared/format-bytes.ts';
import { formatDaysAgo } from '../../shared/format-days-ago.ts';
import { swarmsOf } from '../../shared/info-hash.ts';
import type { SeedingReport } from '../../shared/seeding.ts';
import type { ListedPage, ListedTorrent } from '../catalog/recent-listings.ts';
import { displayName } from '../display-name.ts';
import { copiesAlert } from './copies-alert.ts';

export interface PublicationTableProps {
  readonly listing: ListedPage;
  readonly seeding: ReadonlyMap<string, SeedingReport>;
  readonly nowSeconds: number;
}

/** Every publication in a row: how it is doing, and what needs care in words. */
export function PublicationTable({ listing, seeding, nowSeconds }: PublicationTableProps) {
  if (listing.torrents.length === 0) {
    return <p class="quiet">Nothing is published yet. The first one takes a minute.</p>;
  }
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Publications">
      <table class="listing wide">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="number">
              Copies
            </th>
            <th scope="col" class="number">
              Downloads
            </th>
            <th scope="col" class="number">
              Sent
            </th>
            <th scope="col">Verified</th>
          </tr>
        </thead>
        <tbody>
          {listing.torrents.map((listed) => (
            <Row
              listed={listed}
              report={seeding.get(swarmsOf(listed.torrent.hashes)[0])}
              nowSeconds={nowSeconds}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  listed: { torrent, counts },
  report,
  nowSeconds,
}: {
  readonly listed: ListedTorrent;
  readonly report: SeedingReport | undefined;
  readonly nowSeconds: number;
}) {
  const [infoHash] = swarmsOf(torrent.hashes);
  const alert = copiesAlert(counts, report);
  const sent = report?.uploadedBytes;
  return (
    <tr>
      <td>
        <a href={`/publish/t/${infoHash}`}>
          <bdi>{displayName(torrent.title ?? torrent.name)}</bdi>
        </a>
        <p class="quiet">
          {formatBytes(torrent.sizeBytes)}
          {alert !== undefined && (
            <>
              {' '}
              <span class={`badge ${alert.tone}`}>{alert.text}</span>
            </>
          )}
        </p>
      </td>
      <td class="number">
        {counts === undefined ? 'unknown' : counts.seeders.toLocaleString('en')}
      </td>
      <td class="number">{(counts?.downloads ?? torrent.downloads).toLocaleString('en')}</td>
      <td class="number">
        {sent === undefined ? '–' : formatBytes(sent.tcp + sent.webrtc + sent.http)}
      </td>
      <td>{formatVerified(report, nowSeconds)}</td>
    </tr>
  );
}

/** When all of it was last compared with its hashes. */
export function formatVerified(report: SeedingReport | undefined, nowSeconds: number): string {
  if (report === undefined) return '–';
  const { verifiedAt } = report;
  return verifiedAt === null ? 'not yet' : formatDaysAgo(Date.parse(verifiedAt) / 1000, nowSeconds);
}

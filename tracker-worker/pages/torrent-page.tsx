import { formatBytes } from '../../shared/format-bytes.ts';
import type { Health } from '../../shared/health-sentence.ts';
import type { Publication } from '../../shared/publication.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import type { TorrentFile } from '../../shared/torrent-files.ts';
import { displayName } from '../display-name.ts';
import { CopyLine } from './copy-line.tsx';
import { curlLine } from './curl-line.ts';
import { DownloadPanel } from './download-panel.tsx';
import { FileTree } from './file-tree.tsx';
import type { AlwaysOn } from '../webseed/always-on-seeds.ts';
import { Layout } from './layout.tsx';
import { QrCode } from './qr-code.tsx';

export interface TorrentPageProps {
  readonly publication: Publication;
  /** What the publisher says of it. */
  readonly title: string | null;
  readonly description: string | null;
  readonly publisher: string | null;
  readonly publishedAtSeconds: number;
  readonly files: readonly TorrentFile[];
  /** Which part of the files is listed, from 1. */
  readonly filesPage: number;
  /** The URL of a file; undefined where nobody serves files over HTTP. */
  readonly fileUrl: ((path: readonly string[]) => string) | undefined;
  /** `undefined` where the tracker did not answer in time. */
  readonly counts: SwarmCounts | undefined;
  readonly health: Health;
  readonly alwaysOn: AlwaysOn;
}

/** One publication: what it is, how to get it, how it is doing. */
export function TorrentPage(props: TorrentPageProps) {
  const { publication, description, files, counts } = props;
  const name = displayName(publication.name);
  const title = displayName(props.title ?? publication.name);
  return (
    <Layout title={`${title} – Evertorrent`} module="torrent-page">
      <h1 dir="auto">{title}</h1>
      <Subtitle {...props} />
      {description !== null && description !== '' && (
        <p class="prose" dir="auto">
          {displayLines(description)}
        </p>
      )}
      <DownloadPanel {...props} />
      <dl class="facts">
        <Fact label="Size" value={formatBytes(publication.size)} />
        <Fact label="Seeders" value={formatCount(counts?.seeders)} part="seeders" />
        <Fact label="Leechers" value={formatCount(counts?.leechers)} part="leechers" />
        <Fact label="Downloads" value={formatCount(counts?.downloads)} part="downloads" />
      </dl>
      <FileTree
        name={publication.name}
        files={files}
        page={props.filesPage}
        linkOf={props.fileUrl}
      />
      <OtherWays {...props} name={name} />
    </Layout>
  );
}

function Subtitle({ publication, files, publisher, publishedAtSeconds, title }: TorrentPageProps) {
  const published = new Date(publishedAtSeconds * 1000);
  return (
    <p class="quiet">
      {files.length === 1 ? '1 file' : formatFiles(files.length)}, published{' '}
      <time datetime={published.toISOString()}>
        {published.toLocaleDateString('en-GB', {
          day: 'numeric',
          month: 'long',
          year: 'numeric',
          timeZone: 'UTC',
        })}
      </time>
      {publisher !== null && publisher !== '' && (
        <>
          {' '}
          by <bdi dir="auto">{displayName(publisher)}</bdi>
        </>
      )}
      {title !== null && title !== publication.name && (
        <>
          {' '}
          as <bdi dir="auto">{displayName(publication.name)}</bdi>
        </>
      )}
      .
    </p>
  );
}

/** For other programs and other devices. */
function OtherWays({
  publication,
  files,
  fileUrl,
  name,
}: TorrentPageProps & { readonly name: string }) {
  const { pageUrl, infoHash, infoHashV2 } = publication;
  const curl = fileUrl === undefined ? undefined : curlLine(publication.name, files, absolute);
  function absolute(path: readonly string[]): string {
    return new URL(fileUrl?.(path) ?? '', pageUrl).href;
  }
  return (
    <section aria-labelledby="ways">
      <h2 id="ways">Other ways</h2>
      <div class="beside">
        <QrCode text={pageUrl} label={`QR code of the page of ${name}`} />
        <div>
          <h3>Link to this page</h3>
          <CopyLine text={pageUrl} what="the link" />
          {curl !== undefined && (
            <>
              <h3>In a terminal; run again, it goes on where it stopped</h3>
              <CopyLine text={curl} what="the command" isLong />
            </>
          )}
          {infoHash !== null && (
            <>
              <h3>Info-hash</h3>
              <CopyLine text={infoHash} what="the info-hash" />
            </>
          )}
          {infoHashV2 !== null && (
            <>
              <h3>Info-hash v2</h3>
              <CopyLine text={infoHashV2} what="the info-hash v2" />
            </>
          )}
        </div>
      </div>
    </section>
  );
}

function Fact({
  label,
  value,
  part,
}: {
  readonly label: string;
  readonly value: string;
  readonly part?: string;
}) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-part={part}>{value}</dd>
    </div>
  );
}

/** A text of several lines: each as a person may be shown it. */
function displayLines(text: string): string {
  return text.split(/\r?\n/).map(displayName).join('\n');
}

function formatFiles(count: number): string {
  return `${count.toLocaleString('en')} files`;
}

function formatCount(count: number | undefined): string {
  return count === undefined ? 'unknown' : count.toLocaleString('en');
}

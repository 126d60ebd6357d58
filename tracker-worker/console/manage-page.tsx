import { formatBytes } from '../../shared/format-bytes.ts';
import { swarmsOf } from '../../shared/info-hash.ts';
import type { AnnounceState, SeedingReport } from '../../shared/seeding.ts';
import type { Caller } from '../accounts/accounts.ts';
import { hasScope } from '../accounts/scope.ts';
import {
  MAX_ADDED_URLS,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_TITLE_CHARACTERS,
} from '../catalog/description-limits.ts';
import { MAX_REASON_CHARACTERS } from '../catalog/parse-listing.ts';
import type { ListedTorrent } from '../catalog/recent-listings.ts';
import { displayName } from '../display-name.ts';
import { ConsoleLayout, CsrfField } from './console-layout.tsx';
import { copiesAlert } from './copies-alert.ts';
import { formatVerified } from './publication-table.tsx';

export interface ManagePageProps {
  readonly caller: Caller;
  readonly listed: ListedTorrent;
  readonly report: SeedingReport | undefined;
  readonly nowSeconds: number;
  /** What was just done, in a sentence. */
  readonly notice: string | undefined;
  /** Why the last form was not taken. */
  readonly problem: string | undefined;
}

/** One publication from its publisher's side: how it is doing, and all that can be done with it. */
export function ManagePage(props: ManagePageProps) {
  const { caller, listed, report, notice, problem } = props;
  const { torrent, counts } = listed;
  const [infoHash] = swarmsOf(torrent.hashes);
  const action = `/publish/t/${infoHash}`;
  const csrf = caller.session?.csrf;
  const alert = copiesAlert(counts, report);
  const title = displayName(torrent.title ?? torrent.name);
  return (
    <ConsoleLayout title={title} caller={caller} path={action}>
      <p class="small">
        <a href="/publish">All publications</a>
        {' · '}
        <a href={`/t/${infoHash}`}>Its page</a>
      </p>
      <h1 dir="auto">{title}</h1>
      {notice !== undefined && (
        <p class="notice good" role="status">
          {notice}
        </p>
      )}
      {problem !== undefined && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      {alert !== undefined && <p class={`notice ${alert.tone}`}>{`Take care: ${alert.text}.`}</p>}
      <dl class="facts">
        <Fact label="Size" value={formatBytes(torrent.sizeBytes)} />
        <Fact label="Copies online" value={formatCount(counts?.seeders)} />
        <Fact label="Downloading" value={formatCount(counts?.leechers)} />
        <Fact label="Downloads" value={formatCount(counts?.downloads ?? torrent.downloads)} />
        <Fact label="Verified" value={formatVerified(report, props.nowSeconds)} />
      </dl>
      <Seeding report={report} />
      <h2>What people read</h2>
      <form class="panel" method="post" action={action}>
        <CsrfField csrf={csrf} />
        <input type="hidden" name="action" value="describe" />
        <div class="field">
          <label for="title">Title</label>
          <input
            id="title"
            name="title"
            maxlength={MAX_TITLE_CHARACTERS}
            value={torrent.title ?? ''}
            placeholder={displayName(torrent.name)}
          />
        </div>
        <div class="field">
          <label for="description">Description</label>
          <textarea id="description" name="description" maxlength={MAX_DESCRIPTION_CHARACTERS}>
            {torrent.description ?? ''}
          </textarea>
        </div>
        <UrlField
          name="webSeeds"
          label="Web seeds"
          hint="Where the same files are served over HTTP, one URL a line."
          urls={torrent.addedWebSeeds}
        />
        <UrlField
          name="trackers"
          label="More trackers"
          hint="Announced beside this site’s own, one URL a line."
          urls={torrent.addedTrackers}
        />
        <button class="button first">Save</button>
      </form>
      <h2>Its copy here</h2>
      <form class="panel" method="post" action={action}>
        <CsrfField csrf={csrf} />
        <p>
          The seed box verifies each piece before it is first sent. Verifying now compares all of it
          with its hashes, and shows what is damaged.
        </p>
        <button class="button" name="action" value="verify">
          Verify now
        </button>
      </form>
      <h2>End it</h2>
      <form class="panel" method="post" action={action}>
        <CsrfField csrf={csrf} />
        <p>
          Unpublishing takes the page and the tracker away. Files stay where they are, and
          publishing again brings it back under the same info-hash.
        </p>
        <label class="choice">
          <input type="checkbox" name="sure" value="yes" required /> I want to unpublish it
        </label>
        <button class="button danger" name="action" value="unpublish">
          Unpublish
        </button>
      </form>
      {hasScope(caller.identity, ['admin']) && (
        <form class="panel" method="post" action={action}>
          <CsrfField csrf={csrf} />
          <div class="field">
            <label for="reason">Take down, with a reason that everyone may read</label>
            <input id="reason" name="reason" required maxlength={MAX_REASON_CHARACTERS} />
            <p class="hint">
              It is gone from tracker, pages and web seed at once, and cannot be published again
              until it is lifted.
            </p>
          </div>
          <button class="button danger" name="action" value="takedown">
            Take down
          </button>
        </form>
      )}
    </ConsoleLayout>
  );
}

function Seeding({ report }: { readonly report: SeedingReport | undefined }) {
  if (report === undefined) {
    return (
      <p class="notice warn">
        No seed box of this site says that it has a copy, or none can be reached just now.
      </p>
    );
  }
  const { uploadedBytes, announces } = report;
  return (
    <>
      <dl class="facts">
        <Fact label="Sent over TCP" value={formatBytes(uploadedBytes.tcp)} />
        <Fact label="To browsers" value={formatBytes(uploadedBytes.webrtc)} />
        <Fact label="As web seed" value={formatBytes(uploadedBytes.http)} />
        <Fact label="Peers now" value={formatCount(report.peers)} />
      </dl>
      {announces.length > 0 && (
        <div class="scroll" tabindex={0} role="region" aria-label="Announces">
          <table class="announces">
            <thead>
              <tr>
                <th scope="col">Tracker</th>
                <th scope="col">Last announce</th>
              </tr>
            </thead>
            <tbody>
              {announces.map((announce) => (
                <tr>
                  <td>
                    <code>{displayName(announce.tracker)}</code>
                  </td>
                  <td>{describeAnnounce(announce)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function describeAnnounce({ state, error, lastAt }: AnnounceState): string {
  const when = lastAt === null ? '' : `, ${lastAt.slice(0, 16).replace('T', ' ')} UTC`;
  return displayName(error === null ? `${state}${when}` : `${state}: ${error}${when}`);
}

function UrlField({
  name,
  label,
  hint,
  urls,
}: {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly urls: readonly string[];
}) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <textarea
        class="short"
        id={name}
        name={name}
        spellcheck={false}
        aria-describedby={`${name}-hint`}
      >
        {urls.join('\n')}
      </textarea>
      <p class="hint" id={`${name}-hint`}>
        {hint} At most {MAX_ADDED_URLS}.
      </p>
    </div>
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

function formatCount(count: number | undefined): string {
  return count === undefined ? 'unknown' : count.toLocaleString('en');
}

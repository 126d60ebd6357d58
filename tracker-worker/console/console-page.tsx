import { MAX_DESCRIPTION_CHARACTERS, MAX_TITLE_CHARACTERS } from '../catalog/description-limits.ts';
import type { ListedPage } from '../catalog/recent-listings.ts';
import type { Sample } from '../catalog/history-store.ts';
import type { Caller } from '../accounts/accounts.ts';
import type { SeedingReport } from '../../shared/seeding.ts';
import { HISTORY_RANGES, HistoryCharts, type HistoryRange } from '../pages/history-charts.tsx';
import { ConsoleLayout } from './console-layout.tsx';
import { PublicationTable } from './publication-table.tsx';

export interface ConsolePageProps {
  readonly caller: Caller;
  /** Whether a seed box takes uploads now. */
  readonly takesUploads: boolean;
  readonly listing: ListedPage;
  readonly page: number;
  readonly pages: number;
  /** What seed boxes say, by info-hash; what none spoke of is not in it. */
  readonly seeding: ReadonlyMap<string, SeedingReport>;
  readonly range: HistoryRange;
  readonly samples: readonly Sample[];
  readonly nowSeconds: number;
}

/** Where a publisher works: publish, see how everything is doing, find what needs care. */
export function ConsolePage(props: ConsolePageProps) {
  const { caller, listing, page, pages, range } = props;
  return (
    <ConsoleLayout title="Publish" caller={caller} path="/publish" module="console-page">
      <h1>Publish</h1>
      <UploadForm takesUploads={props.takesUploads} />
      <section aria-labelledby="jobs" data-part="jobs" hidden>
        <h2 id="jobs">Uploads and checks</h2>
        <ul class="jobs" data-part="job-list" />
      </section>
      <section>
        <h2>Publications</h2>
        <PublicationTable {...props} />
        {pages > 1 && (
          <nav class="pager" aria-label="Pages of publications">
            {page > 1 ? <a href={`/publish?page=${page - 1}`}>Previous</a> : <span />}
            <span class="quiet">
              Page {page} of {pages}, {listing.total.toLocaleString('en')} publications
            </span>
            {page < pages ? <a href={`/publish?page=${page + 1}`}>Next</a> : <span />}
          </nav>
        )}
      </section>
      <section aria-labelledby="history">
        <div class="heading">
          <h2 id="history">The whole site</h2>
          <div class="row">
            {Object.entries(HISTORY_RANGES).map(([key, { label }]) => (
              <a
                class="button small"
                href={`/publish?range=${key}#history`}
                {...(key === range ? { 'aria-current': 'true' } : {})}
              >
                {label}
              </a>
            ))}
          </div>
        </div>
        <HistoryCharts range={range} samples={props.samples} nowSeconds={props.nowSeconds} />
      </section>
    </ConsoleLayout>
  );
}

/** Filled in here, sent by the page's module: files are too large for a form. */
function UploadForm({ takesUploads }: { readonly takesUploads: boolean }) {
  if (!takesUploads) {
    return (
      <p class="notice warn" data-part="no-seed-box">
        No seed box that takes uploads has reported of late, so that nothing can be uploaded just
        now. Start one with <code>npm start</code>, and this page will take files within a minute.
      </p>
    );
  }
  return (
    <form class="panel" data-part="upload" aria-label="New publication">
      <noscript>
        <p class="notice warn">
          Uploading from here needs JavaScript. Without it, publish on the seed box:{' '}
          <code>npm start -- ./path</code>
        </p>
      </noscript>
      <div class="drop" data-part="drop">
        <p>
          <strong>Drop files or a folder here</strong>
        </p>
        <div class="row">
          <label class="button">
            Choose files
            <input class="visually-hidden" type="file" multiple data-part="files" />
          </label>
          <label class="button">
            Choose a folder
            <input class="visually-hidden" type="file" webkitdirectory data-part="folder" />
          </label>
        </div>
        <p class="quiet small" data-part="chosen" role="status">
          A folder becomes one torrent with all its files; so do several files together.
        </p>
      </div>
      <div class="field">
        <label for="upload-name">Name</label>
        <input
          id="upload-name"
          name="name"
          required
          maxlength={255}
          autocomplete="off"
          aria-describedby="upload-name-hint"
        />
        <p class="hint" id="upload-name-hint">
          What the file or folder is called for those who download it.
        </p>
      </div>
      <div class="field">
        <label for="upload-title">Title, if it needs another than its name</label>
        <input id="upload-title" name="title" maxlength={MAX_TITLE_CHARACTERS} autocomplete="off" />
      </div>
      <div class="field">
        <label for="upload-description">Description, if any</label>
        <textarea
          id="upload-description"
          name="description"
          maxlength={MAX_DESCRIPTION_CHARACTERS}
        />
      </div>
      <details>
        <summary>More options</summary>
        <div class="field">
          <label for="upload-format">Format</label>
          <select id="upload-format" name="format">
            <option value="v1">v1: every client loads it</option>
            <option value="hybrid">Hybrid: v1 and v2 in one, for newer clients</option>
            <option value="v2">v2: only newer clients load it</option>
          </select>
        </div>
        <div class="field">
          <label for="upload-webseeds">Web seeds, one URL a line</label>
          <textarea
            class="short"
            id="upload-webseeds"
            name="webSeeds"
            spellcheck={false}
            aria-describedby="upload-webseeds-hint"
          />
          <p class="hint" id="upload-webseeds-hint">
            Where the same files are served over HTTP already, if anywhere.
          </p>
        </div>
      </details>
      <p class="field-error" data-part="upload-error" role="alert" hidden />
      <div class="row">
        <button class="button first" data-part="publish" disabled>
          Publish
        </button>
      </div>
    </form>
  );
}

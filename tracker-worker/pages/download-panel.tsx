import type { AlwaysOn } from '../webseed/always-on-seeds.ts';
import type { Health } from '../../shared/health-sentence.ts';
import type { Publication } from '../../shared/publication.ts';

export interface DownloadPanelProps {
  readonly publication: Publication;
  readonly health: Health;
  readonly alwaysOn: AlwaysOn;
}

/**
 * How to get the torrent, and how it is doing. What only a script can do is hidden until one shows it
 * (`browser/torrent-page.ts` finds the parts by `data-part`).
 */
export function DownloadPanel({ publication, health, alwaysOn }: DownloadPanelProps) {
  const { infoHash, infoHashV2, torrentUrl, magnet, size } = publication;
  return (
    <section
      class="panel"
      aria-label="Download"
      data-part="download"
      data-torrent={pathOf(torrentUrl)}
      data-live={`${pathOf(publication.pageUrl)}/live`}
      // Browsers have no client that knows v2 alone.
      data-info-hash={infoHash ?? undefined}
      data-size={size}
      data-always-on={alwaysOn.seeds}
      data-verified-at={alwaysOn.verifiedAtSeconds}
    >
      <p class="status" data-part="health" data-tone={health.tone}>
        {health.sentence}.
      </p>
      <p class="quiet small" data-part="advice" hidden={health.advice === undefined}>
        {health.advice}
      </p>
      <div class="row actions">
        {infoHash !== null && (
          <button type="button" class="button first" data-part="start" hidden>
            Download in the browser
          </button>
        )}
        <a class="button" href={torrentUrl}>
          .torrent file
        </a>
        <a class="button" href={magnet}>
          Magnet link
        </a>
      </div>
      {infoHash === null && infoHashV2 !== null && (
        <p class="quiet small">
          This torrent is v2 alone, which no browser downloads from peers: use a client that knows
          v2, or the links of its files.
        </p>
      )}
      <p class="quiet small" data-part="start-hint" hidden>
        No program is needed: the files come from other people and from this site at once, each
        piece is checked, and what you have is kept on this device if you leave.
      </p>
      <Progress />
    </section>
  );
}

/** Everything about a download that runs in the page. */
function Progress() {
  return (
    <div class="stack" data-part="progress" hidden>
      <p class="status" data-part="state" role="status" data-tone="good" />
      <progress data-part="bar" max={1} aria-label="Downloaded and verified" />
      <dl class="facts">
        <Figure part="verified" label="Verified" />
        <Figure part="speed" label="Speed" />
        <Figure part="left" label="Time left" />
        <Figure part="peers" label="Sources" />
      </dl>
      <div class="notice warn" data-part="trouble" role="alert" hidden />
      <div class="row">
        <button type="button" class="button first" data-part="save" hidden>
          Save
        </button>
        <button type="button" class="button" data-part="pause">
          Pause
        </button>
        <button type="button" class="button danger" data-part="cancel">
          Cancel and delete
        </button>
      </div>
      <div data-part="player" hidden />
    </div>
  );
}

function Figure({ part, label }: { readonly part: string; readonly label: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-part={part}>–</dd>
    </div>
  );
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

import { formatBytes } from '../../shared/format-bytes.ts';
import { cancelJob, isUnderWay, type Job, listJobs } from './job.ts';
import { part } from './parts.ts';

const BUSY_MS = 1_000;
const QUIET_MS = 15_000;
/** So long a job that is over stays in sight. */
const SHOWN_AFTER_MS = 24 * 3600_000;

/**
 * The jobs of this account, kept up to date while the page is looked at: every second while one is under way, seldom
 * otherwise.
 */
export class JobList {
  readonly #section = part('jobs', HTMLElement);
  readonly #list = part('job-list', HTMLElement);
  readonly #rows = new Map<string, JobRow>();
  /** Uploads that this very page sends, and what stops them. */
  readonly #sentHere: ReadonlyMap<string, AbortController>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sentHere: ReadonlyMap<string, AbortController>) {
    this.#sentHere = sentHere;
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) void this.refresh();
    });
  }

  /** Asks now, and from then on by itself. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    let isBusy = false;
    try {
      const jobs = (await listJobs()).filter(isShown);
      isBusy = jobs.some(isUnderWay);
      this.#show(jobs);
    } catch {
      // The list stays as it was; the next look may find the edge again.
    }
    if (!document.hidden) {
      this.#timer = setTimeout(() => void this.refresh(), isBusy ? BUSY_MS : QUIET_MS);
    }
  }

  async #cancel(id: string): Promise<void> {
    this.#sentHere.get(id)?.abort();
    // Whether it failed or not: the next look at the jobs tells what became of it.
    await cancelJob(id).catch(() => undefined);
    await this.refresh();
  }

  #show(jobs: readonly Job[]): void {
    this.#section.hidden = jobs.length === 0;
    const ids = new Set(jobs.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (ids.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    for (const [index, job] of jobs.entries()) {
      let row = this.#rows.get(job.id);
      if (row === undefined) {
        row = new JobRow(job, () => void this.#cancel(job.id));
        this.#rows.set(job.id, row);
      }
      row.update(job, this.#sentHere.has(job.id));
      if (this.#list.children[index] !== row.element) {
        this.#list.insertBefore(row.element, this.#list.children[index] ?? null);
      }
    }
  }
}

/** One job: what it is at, in words and as a bar. */
class JobRow {
  readonly element = document.createElement('li');
  readonly #status = document.createElement('p');
  readonly #bar = document.createElement('progress');
  readonly #cancel = document.createElement('button');
  readonly #link = document.createElement('a');
  readonly #name: string;

  constructor({ name }: Job, onCancel: () => void) {
    const title = document.createElement('p');
    title.dir = 'auto';
    const strong = document.createElement('strong');
    strong.textContent = name;
    title.append(strong);
    this.#status.setAttribute('role', 'status');
    this.#bar.max = 1;
    this.#bar.setAttribute('aria-label', `Progress of ${name}`);
    this.#link.textContent = 'Open its page';
    this.#cancel.type = 'button';
    this.#cancel.className = 'button small';
    this.#name = name;
    this.#cancel.addEventListener('click', () => {
      this.#cancel.disabled = true;
      onCancel();
    });
    const row = document.createElement('div');
    row.className = 'row';
    row.append(this.#link, this.#cancel);
    this.element.append(title, this.#bar, this.#status, row);
  }

  update(job: Job, isSentHere: boolean): void {
    const { fraction, words } = describeJob(job, isSentHere);
    this.element.dataset['state'] = job.state;
    this.#status.className = job.state === 'failed' ? 'field-error' : 'quiet small';
    this.#bar.hidden = !isUnderWay(job);
    if (fraction === undefined) this.#bar.removeAttribute('value');
    else this.#bar.value = fraction;
    // Written only where it changed, or it would be read out each second.
    if (this.#status.textContent !== words) this.#status.textContent = words;
    // What is over is forgotten by the same request, and what it published stays.
    const verb = isUnderWay(job) ? 'Cancel' : job.state === 'failed' ? 'Delete' : 'Dismiss';
    this.#cancel.disabled = false;
    this.#cancel.textContent = verb;
    this.#cancel.setAttribute('aria-label', `${verb} ${this.#name}`);
    this.#link.hidden = job.pageUrl === undefined;
    if (job.pageUrl !== undefined) this.#link.href = job.pageUrl;
  }
}

function isShown(job: Job): boolean {
  return isUnderWay(job) || Date.now() - job.updatedAtMs < SHOWN_AFTER_MS;
}

function describeJob(
  job: Job,
  isSentHere: boolean,
): { readonly fraction: number | undefined; readonly words: string } {
  const size = formatBytes(job.sizeBytes);
  switch (job.state) {
    case 'uploading': {
      const sent = `${formatBytes(job.uploadedBytes)} of ${size} uploaded`;
      return {
        fraction: job.uploadedBytes / job.sizeBytes,
        words: isSentHere ? sent : `${sent}. To go on, choose the same files above once more.`,
      };
    }
    case 'queued':
      return { fraction: undefined, words: 'Waiting for its turn' };
    case 'hashing': {
      const rate = job.bytesPerSecond === null ? '' : `, ${formatBytes(job.bytesPerSecond)}/s`;
      const verb = job.kind === 'verify' ? 'compared' : 'hashed';
      return {
        fraction: job.hashedBytes / job.sizeBytes,
        words: `${formatBytes(job.hashedBytes)} of ${size} ${verb}${rate}`,
      };
    }
    case 'registering':
      return { fraction: undefined, words: 'Registering it with the tracker' };
    case 'seeding':
      return { fraction: 1, words: 'Published: it is being seeded' };
    case 'failed':
      return {
        fraction: undefined,
        words: `Failed: ${job.error ?? 'the seed box gave no reason'}`,
      };
    case 'cancelled':
      return { fraction: undefined, words: 'Cancelled' };
    default:
      return { fraction: 1, words: job.error ?? job.state };
  }
}

import { formatBytes } from '../../shared/format-bytes.ts';
import { type Chosen, chosenFrom, droppedFrom } from './chosen-files.ts';
import { createJob, type Job, type JobFile, listJobs, readJob } from './job.ts';
import { findPart, part } from './parts.ts';
import { isSameContent, uploadFiles } from './upload-files.ts';

export interface UploadFormInit {
  /** Told of a job that this page uploads to, with what stops that, and when it stops to. */
  readonly onStart: (job: Job, stopping: AbortController) => void;
  readonly onStop: (job: Job) => void;
}

const GO_ON = 'Nothing that was sent is lost: choose the same files again to go on.';

/** A job that was begun before with the very same files. */
interface Resumable {
  readonly job: Job;
  readonly files: readonly JobFile[];
}

/** Takes files and sends them as a job; the same files again go on where they broke off. */
export class UploadForm {
  readonly #init: UploadFormInit;
  readonly #form = part('upload', HTMLFormElement);
  readonly #drop = part('drop', HTMLElement);
  readonly #chosenText = part('chosen', HTMLElement);
  readonly #error = part('upload-error', HTMLElement);
  readonly #button = part('publish', HTMLButtonElement);
  #chosen: Chosen | undefined;
  #resumable: Resumable | undefined;

  constructor(init: UploadFormInit) {
    this.#init = init;
    for (const name of ['files', 'folder']) {
      const input = findPart(name, HTMLInputElement);
      if (input === undefined) continue;
      const take = (): void => {
        void this.#choose(chosenFrom(input.files ?? []));
        // The same choice once more is a change again.
        input.value = '';
      };
      input.addEventListener('change', take);
      // Who was quicker than this module is not made to choose again.
      if (input.files?.length) take();
    }
    this.#drop.addEventListener('dragover', (event) => {
      event.preventDefault();
      this.#drop.dataset['over'] = '';
    });
    this.#drop.addEventListener('dragleave', () => delete this.#drop.dataset['over']);
    this.#drop.addEventListener('drop', (event) => {
      event.preventDefault();
      delete this.#drop.dataset['over'];
      if (event.dataTransfer === null) return;
      droppedFrom(event.dataTransfer).then(
        (chosen) => this.#choose(chosen),
        () => this.#fail('What was dropped could not be read.'),
      );
    });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#publish();
    });
  }

  async #choose(chosen: Chosen): Promise<void> {
    this.#fail(undefined);
    this.#resumable = undefined;
    if (chosen.files.length === 0) return;
    this.#chosen = chosen;
    const count = chosen.files.length === 1 ? '1 file' : `${chosen.files.length} files`;
    this.#chosenText.textContent = `${count}, ${formatBytes(chosen.sizeBytes)}`;
    const name = this.#field('name');
    if (chosen.name !== undefined) name.value = chosen.name;
    else name.focus();
    this.#button.disabled = false;
    this.#button.textContent = 'Publish';
    const resumable = await this.#findResumable(chosen).catch(() => undefined);
    // Meanwhile others may have been chosen.
    if (resumable === undefined || this.#chosen !== chosen) return;
    this.#resumable = resumable;
    name.value = resumable.job.name;
    this.#button.textContent = 'Go on with the upload';
  }

  async #findResumable(chosen: Chosen): Promise<Resumable | undefined> {
    for (const { id, state, sizeBytes } of await listJobs()) {
      if (state !== 'uploading' || sizeBytes !== chosen.sizeBytes) continue;
      const found = await readJob(id);
      if (isSameContent(found.files, chosen.files)) return found;
    }
    return undefined;
  }

  async #publish(): Promise<void> {
    const chosen = this.#chosen;
    if (chosen === undefined) return;
    this.#fail(undefined);
    this.#button.disabled = true;
    let job: Job | undefined;
    const stopping = new AbortController();
    try {
      const begun = this.#resumable ?? (await createJob(this.#describe(chosen)));
      job = begun.job;
      this.#forget();
      this.#init.onStart(job, stopping);
      await uploadFiles(job, begun.files, chosen.files, stopping.signal);
    } catch (error) {
      if (job === undefined) {
        this.#fail(`Nothing was begun: ${describe(error)}.`);
        this.#button.disabled = false;
      } else if (!stopping.signal.aborted) {
        this.#fail(`${describe(error)}. ${GO_ON}`);
      }
    } finally {
      if (job !== undefined) this.#init.onStop(job);
    }
  }

  #describe(chosen: Chosen): unknown {
    const title = this.#field('title').value.trim();
    const description = this.#field('description').value.trim();
    const webSeeds = this.#field('webSeeds').value.split(/\s+/).filter(Boolean);
    return {
      name: this.#field('name').value,
      files: chosen.files.map(({ path, file }) => ({ path, size: file.size })),
      format: this.#field('format').value,
      ...(title === '' ? {} : { title }),
      ...(description === '' ? {} : { description }),
      ...(webSeeds.length === 0 ? {} : { webSeeds }),
    };
  }

  /** Ready for the next publication, while this one is sent. */
  #forget(): void {
    this.#chosen = undefined;
    this.#resumable = undefined;
    this.#form.reset();
    this.#chosenText.textContent = 'On its way: see below. More can be chosen meanwhile.';
    this.#button.textContent = 'Publish';
  }

  #fail(message: string | undefined): void {
    this.#error.hidden = message === undefined;
    this.#error.textContent = message ?? '';
  }

  #field(name: string): HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement {
    const field = this.#form.elements.namedItem(name);
    const isField =
      field instanceof HTMLInputElement ||
      field instanceof HTMLSelectElement ||
      field instanceof HTMLTextAreaElement;
    if (!isField) throw new Error(`the form has no ${name}`);
    return field;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

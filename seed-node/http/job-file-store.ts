import { FileStore } from '@tus/file-store';
import { type DataStore, Upload } from '@tus/utils';
import type { Jobs } from '../jobs/jobs.ts';

/**
 * Uploads as files, with the jobs in place of a record of its own: what may be uploaded, and how long it is, stands in
 * the job, and how much has arrived is the length of the file. So a restart has nothing to bring together.
 */
export class JobFileStore extends FileStore {
  readonly #jobs: Jobs;

  constructor(directory: string, jobs: Jobs) {
    super({
      directory,
      configstore: {
        get: (id) => Promise.resolve(uploadOf(jobs, id)),
        set: async () => {},
        delete: async () => {},
      },
    });
    this.#jobs = jobs;
    this.extensions = ['creation', 'creation-with-upload', 'termination'];
  }

  override create(file: Upload): ReturnType<DataStore['create']> {
    if (this.#jobs.createUpload(file.id)) return Promise.resolve(file);
    return Promise.reject(new UploadRefused(409, 'This file is complete already'));
  }
}

/** What the upload protocol answers where it is not a matter of the protocol. */
class UploadRefused extends Error {
  readonly status_code: number;
  readonly body: string;

  constructor(status: number, reason: string) {
    super(reason);
    this.status_code = status;
    this.body = `${reason}\n`;
  }
}

function uploadOf(jobs: Jobs, id: string): Upload | undefined {
  const size = jobs.openUpload(id);
  return size === undefined ? undefined : new Upload({ id, size, offset: 0 });
}

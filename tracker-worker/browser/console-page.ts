import { JobList } from './job-list.ts';
import { findPart } from './parts.ts';
import { UploadForm } from './upload-form.ts';

const sentHere = new Map<string, AbortController>();

// Where no seed box takes uploads there is no form, and nobody to ask for jobs.
if (findPart('upload', HTMLFormElement) !== undefined) {
  const jobs = new JobList(sentHere);
  void jobs.refresh();
  // oxlint-disable-next-line no-new -- it listens to the page from now on
  new UploadForm({
    onStart: ({ id }, stopping) => {
      sentHere.set(id, stopping);
      void jobs.refresh();
    },
    onStop: ({ id }) => {
      sentHere.delete(id);
      void jobs.refresh();
    },
  });
}

addEventListener('beforeunload', (event) => {
  // An upload that breaks off can go on, but not by itself.
  if (sentHere.size > 0) event.preventDefault();
});

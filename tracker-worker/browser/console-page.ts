import { JobList } from './job-list.ts';
import { findPart } from './parts.ts';
import { UploadForm } from './upload-form.ts';

const sentHere = new Set<string>();
const jobs = new JobList(sentHere);
void jobs.refresh();

// Where no seed box takes uploads there is no form.
if (findPart('upload', HTMLFormElement) !== undefined) {
  // oxlint-disable-next-line no-new -- it listens to the page from now on
  new UploadForm({
    onStart: ({ id }) => {
      sentHere.add(id);
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

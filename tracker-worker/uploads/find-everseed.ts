import type { Everseed } from '../webseed/everseed.ts';

/** The seed boxes that take uploads, the latest to report first. */
export function takingUploads(live: readonly Everseed[]): Everseed[] {
  return live.filter(
    ({ transports, accessKey }) => transports.includes('uploads') && accessKey !== undefined,
  );
}

/** The seed box that a job or an upload is on: their ids start with its own and a dot. */
export function everseedOf(everseeds: readonly Everseed[], id: string): Everseed | undefined {
  const [everseedId, rest] = id.split('.', 2);
  return rest === undefined ? undefined : everseeds.find(({ id: own }) => own === everseedId);
}

/** The job that a new upload is for, as `Upload-Metadata` (tus 1.0.0) says. */
export function jobInMetadata(header: string | null): string | undefined {
  for (const pair of (header ?? '').split(',')) {
    const [key, value = ''] = pair.trim().split(' ');
    if (key === 'job') return decodeBase64(value);
  }
  return undefined;
}

function decodeBase64(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}

import { join } from 'node:path';
import type { Publication } from '../../../shared/publication.ts';
import { writeTree } from '../../support/content.ts';
import { SeedProcess } from '../../support/seed-process.ts';
import { createTempDir } from '../../support/temp-dir.ts';

/** A seed box that has published one folder or file, with the embedded edge whose pages are looked at. */
export interface Site {
  readonly seed: SeedProcess;
  readonly publication: Publication;
  /** Where the published files are. */
  readonly contentDir: string;
}

/** Starts the real program on `files` (paths and lengths, all below one name), for one test. */
export async function startSite(
  files: Readonly<Record<string, number>>,
  options: {
    readonly format?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** Writes files that are not just bytes, before they are published. */
    readonly prepare?: (contentDir: string) => void;
  } = {},
): Promise<Site> {
  const dir = createTempDir();
  const contentDir = join(dir, 'content');
  writeTree(contentDir, files);
  options.prepare?.(contentDir);
  const [name = ''] = (Object.keys(files)[0] ?? '').split('/');
  const seed = new SeedProcess({
    dataDir: join(dir, 'data'),
    paths: [join(contentDir, name)],
    env: { EVERTORRENT_FORMAT: options.format ?? 'v1', ...options.env },
  });
  const publication = await seed.published();
  // Its first report has told the edge that it is a web seed.
  await seed.ready();
  return { seed, publication, contentDir };
}

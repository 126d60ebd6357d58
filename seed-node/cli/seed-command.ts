import { Command } from 'commander';
import { seedOptions, type SeedConfig } from '../config.ts';
import { createLog } from '../log.ts';
import type { AddOptions } from '../publish/add-to-library.ts';
import { scanContent } from '../publish/scan-content.ts';
import { SeedBox } from '../seed-box.ts';
import { describeSkipped } from './format.ts';
import { type HashingProgress, hashingProgress } from './hashing-progress.ts';
import { humanReporter, jsonReporter, type Reporter } from './reporter.ts';
import { stopSignal } from './stop-signal.ts';

const EXAMPLES = `
Examples:
  $ npm start -- ./holiday.mp4         publish a file and seed it
  $ npm start -- ./album ./book.epub   publish several; a folder is one torrent
  $ npm start                          seed the library again

Each option is also an environment variable, and may stand in a .env file.
Exit codes: 0 stopped when asked, 1 failed, 2 wrong usage.
`;

/** `evertorrent seed [path…]`: publish the paths, then serve the whole library until stopped. */
export function seedCommand(): Command {
  const command = new Command('seed')
    .description('Publish files and folders, and seed the library until stopped.')
    .argument('[path...]', 'what to publish; each becomes one torrent')
    .option('--json', 'print JSON lines on stdout: "published" and "ready" events')
    .addHelpText('after', EXAMPLES);
  for (const option of seedOptions()) command.addOption(option);
  return command.action((paths: string[], config: SeedConfig & { readonly json?: boolean }) =>
    seed(paths, config, config.json === true ? jsonReporter : humanReporter),
  );
}

async function seed(
  paths: readonly string[],
  config: SeedConfig,
  reporter: Reporter,
): Promise<void> {
  const stop = stopSignal();
  // Before anything starts or is written: a path that cannot be published ends it here.
  for (const path of paths) await scanContent(path);

  const log = createLog(config.logLevel, (line) => process.stderr.write(line));
  const box = await SeedBox.start(config, log);
  try {
    await stop.race(serve(box, paths, config, reporter, stop.signal));
    await stop.requested;
    reporter.note('Stopping…');
  } finally {
    await box.stop();
  }
}

/** Registers the library while the new paths are hashed; `ready` waits for the paths, not for the library. */
async function serve(
  box: SeedBox,
  paths: readonly string[],
  config: SeedConfig,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  await box.checkEdge();
  const named = new Set<string>();
  const publishPaths = async (): Promise<void> => {
    for (const path of paths) {
      const publication = await box.publish(path, addOptions(config, reporter, signal));
      named.add(publication.pageUrl);
      reporter.published(publication);
    }
    reporter.ready(box);
  };
  const pathsPublished = publishPaths();
  const librarySeeded = box.seedLibrary((publication) => {
    // Reported after the named paths, which may be in the library already.
    void pathsPublished.then(
      () => !named.has(publication.pageUrl) && reporter.seedingAgain(publication),
      () => undefined,
    );
  });
  await Promise.all([pathsPublished, librarySeeded]);
}

function addOptions(config: SeedConfig, reporter: Reporter, signal: AbortSignal): AddOptions {
  let progress: HashingProgress | undefined;
  return {
    format: config.format,
    trackers: config.tracker,
    signal,
    onSkipped: (skipped) => reporter.note(describeSkipped(skipped)),
    onProgress: (content, hashedBytes) => {
      progress ??= hashingProgress(content.name, content.sizeBytes, signal);
      progress.update(hashedBytes);
      if (hashedBytes === content.sizeBytes) progress.clear();
    },
  };
}

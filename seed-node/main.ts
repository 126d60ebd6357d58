// The `evertorrent` program: reads the command line, runs the command, turns its end into an exit code.
import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { seedCommand } from './cli/seed-command.ts';
import { describeCause } from './log.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

// Whoever read our output may leave (`| head -1`, a closed terminal): that is no reason to stop seeding.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

if (existsSync('.env')) process.loadEnvFile('.env');

const program = new Command('evertorrent')
  .description('Publish over BitTorrent and never let the copy leave.')
  .exitOverride();
program.addCommand(seedCommand().exitOverride());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else {
    process.stderr.write(`evertorrent: ${describeCause(error)}\n`);
    process.exitCode = EXIT_FAILED;
  }
}

// The `evertorrent` program: reads the command line, runs the command, turns its end into an exit code.
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { Command, CommanderError } from 'commander';
import { describeCause } from './log.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

// Compiled once, not in every run and every thread: half of the start of a small command is that.
enableCompileCache();

// Whoever read our output may leave (`| head -1`, a closed terminal): that is no reason to stop seeding.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

if (existsSync('.env')) process.loadEnvFile('.env');

const { createCommand } = await import('./cli/create-command.ts');
const { showCommand } = await import('./cli/show-command.ts');
const { verifyCommand } = await import('./cli/verify-command.ts');

/** The seed box is much more code than the other commands need: it is loaded when it is asked for. */
const wantsSeed = !['create', 'show', 'verify'].includes(process.argv[2] ?? '');
const program = new Command('evertorrent')
  .description('Publish over BitTorrent and never let the copy leave.')
  .exitOverride();
if (wantsSeed) program.addCommand((await import('./cli/seed-command.ts')).seedCommand());
for (const command of [createCommand(), showCommand(), verifyCommand()])
  program.addCommand(command);
for (const command of program.commands) command.exitOverride();

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

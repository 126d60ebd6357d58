// The `evertorrent` program: reads the command line, runs the command, turns its end into an exit code.
import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { startSpareThread } from './hashing/hash-thread.ts';
import { describeCause } from './log.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** Then the program's own thread is the one that hashes. */
const ONE_THREAD = / --threads[= ]1( |$)/;

/** The commands by name: only the one that is called is loaded, all of them for `--help`. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  seed: async () => (await import('./cli/seed-command.ts')).seedCommand(),
  create: async () => {
    if (called !== undefined && !ONE_THREAD.test(process.argv.join(' '))) startSpareThread();
    return (await import('./cli/create-command.ts')).createCommand();
  },
  show: async () => (await import('./cli/show-command.ts')).showCommand(),
  verify: async () => (await import('./cli/verify-command.ts')).verifyCommand(),
};

// Whoever read our output may leave (`| head -1`, a closed terminal): that is no reason to stop seeding.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

if (existsSync('.env')) process.loadEnvFile('.env');

const program = new Command('evertorrent')
  .description('Publish over BitTorrent and never let the copy leave.')
  .exitOverride();
const called = COMMANDS[process.argv[2] ?? ''];
const loads = called === undefined ? Object.values(COMMANDS) : [called];
for (const load of loads) program.addCommand((await load()).exitOverride());

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

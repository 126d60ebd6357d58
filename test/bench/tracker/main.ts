// How fast the tracker is, how much it costs and how much it keeps, beside the least that a Worker could do and beside
// the tracker from npm. All load stays on this machine. Linux only: CPU time is read from /proc.
import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { httpCost, socketCost } from './cost-model.ts';
import { OURS_HTTP, runHttpSection } from './http-section.ts';
import { runMemorySection } from './memory-section.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { formatReport } from './report.ts';
import type { Costs, Results } from './results.ts';
import { runRowsSection } from './rows-section.ts';
import { OURS_SOCKET, runSocketSection } from './socket-section.ts';
import { judge } from './verdicts.ts';

/** Beside what the rounds take: starts, warm-ups, and sections without rounds. */
const OTHER_SECONDS = 240;
/** Servers that a round goes through, in both sections together. */
const CONTENDERS = 10;

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function runSections({ sections, rounds, seconds }: Options): Promise<Results> {
  const init = { rounds, seconds, progress };
  return {
    rows: sections.has('rows') ? await runRowsSection(progress) : undefined,
    memory: sections.has('memory') ? await runMemorySection() : undefined,
    http: sections.has('http') ? await runHttpSection(init) : undefined,
    socket: sections.has('socket') ? await runSocketSection(init) : undefined,
  };
}

function costsOf({ http, socket, rows }: Results): Costs {
  const ourHttp = http?.find(({ name }) => name === OURS_HTTP);
  const ourSocket = socket?.find(({ name }) => name === OURS_SOCKET);
  const counted = rows?.underLoad;
  if (counted === undefined) return { http: undefined, socket: undefined };
  return {
    http: ourHttp && httpCost({ ...ourHttp, ...counted }),
    socket: ourSocket && socketCost({ ...ourSocket, ...counted }),
  };
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const limitSeconds = OTHER_SECONDS + options.rounds * options.seconds * CONTENDERS * 1.5;
  const watchdog = setTimeout(() => {
    process.stderr.write(`The bench took longer than ${limitSeconds} s\n`);
    process.exit(1);
  }, limitSeconds * 1_000);

  const results = await runSections(options);
  clearTimeout(watchdog);
  const costs = costsOf(results);
  const verdicts = judge(results);
  process.stdout.write(`${formatReport(results, costs, verdicts)}\n`);

  const { rounds, seconds } = options;
  const machine = {
    node: process.version,
    kernel: release(),
    arch: arch(),
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryBytes: totalmem(),
  };
  const json = JSON.stringify(
    { rounds, seconds, machine, ...results, costs, verdicts },
    undefined,
    2,
  );
  if (options.jsonPath === undefined) process.stdout.write(`${json}\n`);
  else writeFileSync(options.jsonPath, `${json}\n`);
  process.exitCode = verdicts.every(({ isMet, isAim }) => isMet || isAim) ? 0 : 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exit(1);
}

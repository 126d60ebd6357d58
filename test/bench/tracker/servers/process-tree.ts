import { readdirSync, readFileSync } from 'node:fs';

/** Ticks a second of `/proc/<pid>/stat`: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessStat {
  readonly parent: number;
  /** Of the process and of its children that ended and were waited for. */
  readonly cpuTicks: number;
}

/** CPU-seconds that a process and all its descendants have used so far. Linux only. */
export function cpuSecondsOf(pid: number): number {
  const stats = readStats();
  const ticks = treeOf(pid, stats).map((one) => stats.get(one)?.cpuTicks ?? 0);
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
}

/** Ends a process and all its descendants, by their ids, at once. */
export function killTree(pid: number): void {
  for (const one of treeOf(pid, readStats())) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function treeOf(root: number, stats: ReadonlyMap<number, ProcessStat>): number[] {
  const tree = stats.has(root) ? [root] : [];
  for (const parent of tree) {
    for (const [pid, stat] of stats) if (stat.parent === parent) tree.push(pid);
  }
  return tree;
}

function readStats(): Map<number, ProcessStat> {
  const pids = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  const stats = pids.flatMap((pid): (readonly [number, ProcessStat])[] => {
    try {
      return [[Number(pid), parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))]];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
  return new Map(stats);
}

/** proc(5): the name is in brackets and may hold anything; after it the fields from 3 on. */
function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return { parent: field(4), cpuTicks: field(14) + field(15) + field(16) + field(17) };
}

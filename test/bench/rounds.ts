/**
 * Runs every contender once a round, in an order that turns by one each round: what disturbs the machine for a while
 * then disturbs them all, and nobody always runs behind the same one. Results by contender, in the order of rounds.
 */
export async function runRounds<C, R>(
  contenders: readonly C[],
  rounds: number,
  run: (contender: C) => Promise<R>,
): Promise<Map<C, R[]>> {
  const results = new Map<C, R[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < contenders.length; place += 1) {
      const contender = contenders[(round + place) % contenders.length];
      if (contender === undefined) continue;
      results.get(contender)?.push(await run(contender));
    }
  }
  return results;
}

/** 0 where there are none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}

/** The median of the ratios within each round: noise that lasts longer than a round is in both and cancels out. */
export function ratioByRound(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((our, round) => our / (theirs[round] ?? Number.NaN)));
}

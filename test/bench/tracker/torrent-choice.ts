import { randomBytes } from './seeded-random.ts';

const TORRENTS = 1_000;
const SHAPE = 0.2;
const SCALE = 100;

/**
 * Draws a torrent as aquatic's load test does: a Gamma(0.2, 100) variate, cut at 101, stands for a hundredth of the
 * torrents. 43 % of the draws are torrent 0, 5 % the last one, and each of the others has less the higher its number.
 */
export function chooseTorrent(random: () => number): number {
  const variate = Math.min(drawGamma(random), 101);
  const share = Math.max(0, (variate - 1) / 100);
  return Math.min(TORRENTS - 1, Math.floor(share * TORRENTS));
}

export function createInfoHashes(random: () => number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: TORRENTS }, () => randomBytes(20, random));
}

/** Marsaglia and Tsang's method for `SHAPE + 1`, brought down to `SHAPE` below 1. */
function drawGamma(random: () => number): number {
  const d = SHAPE + 1 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = drawNormal(random);
    const v = (1 + c * normal) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) {
      return d * v * (1 - random()) ** (1 / SHAPE) * SCALE;
    }
  }
}

/** Box and Muller's. */
function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

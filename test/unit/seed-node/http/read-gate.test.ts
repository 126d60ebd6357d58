import { describe, expect, test } from 'vitest';
import { ReadGate } from '../../../../seed-node/http/read-gate.ts';

describe('ReadGate', () => {
  test('run() lets as many run as it is told, and the others in their order', async () => {
    const gate = new ReadGate(2);
    const finish: (() => void)[] = [];
    const started: number[] = [];
    const runs = [0, 1, 2, 3].map((n) =>
      gate.run(async () => {
        started.push(n);
        await new Promise<void>((resolve) => finish.push(resolve));
        return n;
      }),
    );
    expect(started).toEqual([0, 1]);
    finish[0]?.();
    await runs[0];
    expect(started).toEqual([0, 1, 2]);
    for (const n of [1, 2, 3]) {
      finish[n]?.();
      await runs[n];
    }
    expect(await Promise.all(runs)).toEqual([0, 1, 2, 3]);
  });

  test('run() frees its place when the read fails', async () => {
    const gate = new ReadGate(1);
    await expect(gate.run(() => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    expect(await gate.run(() => Promise.resolve(1))).toBe(1);
  });
});

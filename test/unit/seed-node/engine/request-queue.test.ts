import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RequestQueue } from '../../../../seed-node/engine/request-queue.ts';
import type { ValidBlockRequest } from '../../../../seed-node/engine/session-events.ts';
import { PieceLayout } from '../../../../shared/pieces.ts';
import { required } from '../../shared/required.ts';

const LAYOUT = new PieceLayout(1_000_000, 100_000);

function request(piece: number, beginBytes = 0, lengthBytes = 1): ValidBlockRequest {
  return { pieceIndex: required(LAYOUT.pieceIndex(piece)), beginBytes, lengthBytes };
}

type Step = (queue: RequestQueue | NaiveQueue) => unknown;

/** The same, in the most obvious way. */
class NaiveQueue {
  requests: ValidBlockRequest[] = [];

  push(asked: ValidBlockRequest): void {
    this.requests.push(asked);
  }

  shift(): ValidBlockRequest | undefined {
    return this.requests.shift();
  }

  clear(): ValidBlockRequest[] {
    return this.requests.splice(0);
  }

  get length(): number {
    return this.requests.length;
  }

  cancel(wanted: ValidBlockRequest): ValidBlockRequest | undefined {
    const index = this.requests.findLastIndex(
      ({ pieceIndex, beginBytes, lengthBytes }) =>
        pieceIndex === wanted.pieceIndex &&
        beginBytes === wanted.beginBytes &&
        lengthBytes === wanted.lengthBytes,
    );
    return index === -1 ? undefined : this.requests.splice(index, 1)[0];
  }
}

describe('RequestQueue', () => {
  test('does what a plain list does, whatever is asked of it', () => {
    const anyRequest = fc.nat({ max: 5 }).map((piece) => request(piece));
    const anyStep: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 20,
        arbitrary: anyRequest.map(
          (each): Step =>
            (queue) =>
              queue.push(each),
        ),
      },
      {
        weight: 12,
        arbitrary: anyRequest.map(
          (each): Step =>
            (queue) =>
              queue.cancel(each),
        ),
      },
      { weight: 6, arbitrary: fc.constant<Step>((queue) => queue.shift()) },
      { weight: 1, arbitrary: fc.constant<Step>((queue) => queue.clear()) },
    );
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 400, size: 'max' }), (steps) => {
        const queue = new RequestQueue();
        const naive = new NaiveQueue();
        for (const step of steps) {
          expect(step(queue)).toEqual(step(naive));
          expect(queue.length).toBe(naive.length);
        }
        expect(queue.clear()).toEqual(naive.clear());
      }),
    );
  });

  test.each([
    ['another piece', request(1, 5, 10)],
    ['another begin', request(0, 6, 10)],
    ['another length', request(0, 5, 11)],
  ])('cancel() leaves %s alone', (_name, other) => {
    const queue = new RequestQueue();
    queue.push(request(0, 5, 10));
    expect(queue.cancel(other)).toBeUndefined();
    expect(queue.length).toBe(1);
  });

  test('ahead() is the request that so many others stand before', () => {
    const queue = new RequestQueue();
    const all = [0, 1, 2, 3].map((piece) => request(piece));
    for (const each of all) queue.push(each);
    expect(queue.ahead(2)).toBe(all[2]);
    queue.shift();
    expect(queue.ahead(2)).toBe(all[3]);
    expect(queue.ahead(3)).toBeUndefined();
  });

  test('cancel() sweeps: what was cancelled is not held for as long as one request waits', () => {
    const queue = new RequestQueue();
    queue.push(request(0));
    for (let i = 0; i < 1000; i += 1) {
      queue.push(request(1));
      queue.cancel(request(1));
    }
    const last = request(2);
    queue.push(last);
    // What is left between the two is less than one sweep takes.
    const places = Array.from({ length: 100 }, (_, count) => queue.ahead(count));
    expect(places.indexOf(last)).toBeGreaterThan(0);
  });
});

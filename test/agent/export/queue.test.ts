import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Delta, Owner } from '../../../agent/src/export/delta.ts';
import { DeltaQueue } from '../../../agent/src/export/queue.ts';

class FakeDelta implements Delta<FakeDelta> {
  readonly widthMs = 60_000;
  readonly errors = 0;
  readonly owner: Owner;
  readonly startMs: number;
  rows: number;
  constructor(owner: Owner, startMs: number, rows: number) {
    this.owner = owner;
    this.startMs = startMs;
    this.rows = rows;
  }
  get bytes(): number {
    return 10 + this.rows;
  }
  entries(): [] {
    return [];
  }
  merge(other: FakeDelta): void {
    this.rows += other.rows;
  }
}

const owner = (version: string): Owner => ({ model: 'm', version, spec: { tags: {}, fields: [], pairs: [] } });

describe('deltas that wait', () => {
  it('merge within one window of one version, keep their turn, and count their bytes', () => {
    const queue = new DeltaQueue<FakeDelta>();
    const [one, two] = [owner('1'), owner('2')];
    for (const [i, [who, startMs]] of (
      [
        [one, 0],
        [one, 60_000],
        [two, 0],
        [one, 0],
      ] as const
    ).entries()) {
      queue.push(new FakeDelta(who, startMs, 5), i + 1);
    }
    assert.deepEqual([queue.rows, queue.bytes, queue.oldestTicket], [20, 20 + 15 + 15, 1]);
    const taken = [queue.shift(), queue.shift(), queue.shift(), queue.shift()];
    assert.deepEqual(
      taken.map(
        (waiting) =>
          waiting && [waiting.delta.owner.version, waiting.delta.startMs, waiting.delta.rows, waiting.ticket],
      ),
      [['1', 0, 10, 1], ['1', 60_000, 5, 2], ['2', 0, 5, 3], undefined],
    );
    assert.deepEqual([queue.rows, queue.bytes, queue.oldestTicket], [0, 0, Number.POSITIVE_INFINITY]);
  });

  it('do not merge with one that was taken', () => {
    const queue = new DeltaQueue<FakeDelta>();
    const who = owner('1');
    queue.push(new FakeDelta(who, 0, 5), 1);
    const taken = queue.shift();
    queue.push(new FakeDelta(who, 0, 7), 2);
    assert.deepEqual([taken?.delta.rows, queue.shift()?.delta.rows], [5, 7]);
  });
});

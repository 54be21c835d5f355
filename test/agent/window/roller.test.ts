import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Roller } from '../../../agent/src/window/roller.ts';
import { Series } from '../../../agent/src/window/series.ts';
import type { WindowRecord } from '../../../agent/src/window/window-record.ts';

const owner = (series = 1) => ({
  model: 'm',
  version: '1',
  series: Array.from({ length: series }, (_, i) => new Series(i, 'feature', `f${i}`, { kind: 'number' })),
});

const MIB = 2 ** 20;

function setUp(limits = { maxWindows: 4, maxBytes: MIB }) {
  const sealed: WindowRecord[] = [];
  const roller = new Roller(60_000, limits, (record) => sealed.push(record));
  const count = (who: ReturnType<typeof owner>, atMs: number) => roller.at(who, atMs).rows++;
  /** One inference with a value of every series. */
  const fill = (who: ReturnType<typeof owner>, atMs: number, value = 1) => {
    const window = roller.at(who, atMs);
    window.rows++;
    for (const series of who.series) window.summary(series).add(value);
    return window;
  };
  return { roller, sealed, count, fill };
}

describe('open windows', () => {
  it('take a value into the half-open minute of its own time, however late', () => {
    const { roller, count } = setUp();
    const who = owner();
    for (const atMs of [60_000, 119_999, 120_000, 0, 59_999.9, 60_001]) count(who, atMs);
    assert.deepEqual(
      roller.drain().map(({ startMs, endMs, rows }) => [startMs, endMs, rows]),
      [
        [0, 60_000, 2],
        [60_000, 120_000, 3],
        [120_000, 180_000, 1],
      ],
    );
  });

  it('are gone once drained, and empty ones are not sent', () => {
    const { roller, count } = setUp();
    const who = owner();
    count(who, 0);
    roller.at(who, 60_000);
    assert.equal(roller.rows, 1);
    assert.equal(roller.drain().length, 1);
    assert.deepEqual([roller.rows, roller.drain()], [0, []]);
    count(who, 1);
    assert.equal(roller.drain()[0]?.rows, 1);
  });

  it('keep owners apart', () => {
    const { roller, count } = setUp();
    const [one, other] = [owner(), owner()];
    for (const who of [one, other, one]) count(who, 5);
    assert.deepEqual(
      roller
        .drain()
        .map((record) => [record.owner === one, record.rows])
        .sort(),
      [
        [false, 1],
        [true, 2],
      ],
    );
  });

  it('seal the one that starts first when there are too many, in ascending order', () => {
    const { roller, sealed, count } = setUp();
    const who = owner();
    for (let minute = 0; minute < 10; minute++) count(who, minute * 60_000);
    assert.deepEqual(
      sealed.map(({ startMs }) => startMs / 60_000),
      [0, 1, 2, 3, 4, 5],
    );
    assert.deepEqual(
      roller.drain().map(({ startMs }) => startMs / 60_000),
      [6, 7, 8, 9],
    );
  });

  it('are bounded in number for each owner, not for all together', () => {
    const { sealed, count } = setUp();
    const owners = Array.from({ length: 300 }, () => owner());
    for (let round = 0; round < 5; round++) for (const who of owners) count(who, 0);
    assert.deepEqual(sealed, []);
  });

  it('seal early when they hold too much, but never the one in use', () => {
    const { roller, sealed, fill } = setUp({ maxWindows: 64, maxBytes: 100_000 });
    const wide = owner(80);
    fill(wide, 60_000);
    fill(wide, 0);
    assert.deepEqual(
      sealed.map(({ startMs }) => startMs),
      [60_000],
    );
    assert.equal(roller.rows, 1);
  });

  it('leave early also when they grow only after they were opened', () => {
    const { sealed, fill } = setUp({ maxWindows: 4, maxBytes: 100_000 });
    const who = owner(1);
    for (const minute of [0, 1, 2, 3]) fill(who, minute * 60_000);
    for (let i = 1; i < 25; i++) who.series.push(new Series(i, 'feature', `f${i}`, { kind: 'number' }));
    assert.deepEqual(sealed, []);
    for (const minute of [3, 1, 0]) fill(who, minute * 60_000);
    assert.deepEqual(
      sealed.map(({ startMs }) => startMs),
      [60_000],
      'the earliest is in use',
    );
  });

  it('stay where owners are used in turn and there is room for all of them', () => {
    const { sealed, fill } = setUp({ maxWindows: 64, maxBytes: 16 * MIB });
    const owners = Array.from({ length: 60 }, () => owner(25));
    for (let round = 0; round < 50; round++) for (const who of owners) fill(who, 0, round);
    assert.equal(sealed.length, 0);
  });

  it('mostly stay where there is a little too little room for all that are used in turn', () => {
    const { sealed, fill } = setUp({ maxWindows: 64, maxBytes: MIB });
    const owners = Array.from({ length: 25 }, () => owner(25));
    const ROUNDS = 40;
    for (let round = 0; round < ROUNDS; round++) for (const who of owners) fill(who, 0);
    const share = sealed.length / (ROUNDS * owners.length);
    assert.ok(share > 0 && share < 0.4, `${share} of the uses seal a window`);
  });

  it('never hold more than twice what they may, but for the one in use, and lose no inference', () => {
    const maxBytes = 200_000;
    const use = fc.record({
      who: fc.integer({ min: 0, max: 9 }),
      minute: fc.integer({ min: 0, max: 3 }),
      times: fc.constantFrom(1, 2, 50, 700),
    });
    fc.assert(
      fc.property(fc.array(use, { minLength: 1, maxLength: 60 }), (uses) => {
        const { roller, sealed, fill } = setUp({ maxWindows: 64, maxBytes });
        const owners = [1, 2, 3, 5, 8, 13, 1, 2, 3, 5].map(owner);
        const open = new Set<WindowRecord>();
        let rows = 0;
        for (const { who, minute, times } of uses) {
          let inUse: WindowRecord | undefined;
          for (let i = 0; i < times; i++) inUse = fill(owners[who] as ReturnType<typeof owner>, minute * 60_000, i);
          rows += times;
          open.add(inUse as WindowRecord);
          for (const record of sealed) open.delete(record);
          const held = [...open].reduce((bytes, record) => bytes + (record === inUse ? 0 : record.bytes), 0);
          assert.ok(held <= 2 * maxBytes, `${held} bytes`);
        }
        const all = [...sealed, ...roller.drain()];
        assert.equal(
          all.reduce((sum, record) => sum + record.rows, 0),
          rows,
        );
      }),
      { numRuns: 40 },
    );
  });
});

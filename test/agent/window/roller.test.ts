import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Roller } from '../../../agent/src/window/roller.ts';
import { Series } from '../../../agent/src/window/series.ts';
import type { WindowRecord } from '../../../agent/src/window/window-record.ts';

const owner = (series = 1) => ({
  model: 'm',
  version: '1',
  series: Array.from({ length: series }, (_, i) => new Series(i, 'feature', `f${i}`, { kind: 'number' })),
});

function setUp(limits = { maxWindows: 4, maxSeries: 1_000 }) {
  const sealed: WindowRecord[] = [];
  const roller = new Roller(60_000, limits, (record) => sealed.push(record));
  const count = (who: ReturnType<typeof owner>, atMs: number) => roller.at(who, atMs).rows++;
  return { roller, sealed, count };
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

  it('seal early when they hold too many series, but never the one being opened', () => {
    const { roller, sealed, count } = setUp({ maxWindows: 64, maxSeries: 100 });
    const wide = owner(80);
    count(wide, 60_000);
    count(wide, 0);
    assert.deepEqual(
      sealed.map(({ startMs }) => startMs),
      [60_000],
    );
    assert.equal(roller.rows, 1);
  });

  it('leave early also when series are found only after they were opened', () => {
    const { sealed, count } = setUp({ maxWindows: 4, maxSeries: 40 });
    const who = owner(1);
    for (const minute of [0, 1, 2, 3]) count(who, minute * 60_000);
    for (let i = 1; i < 15; i++) who.series.push(new Series(i, 'feature', `f${i}`, { kind: 'number' }));
    assert.deepEqual(sealed, []);
    count(who, 180_000);
    count(who, 60_000);
    assert.deepEqual(
      sealed.map(({ startMs }) => startMs),
      [0, 120_000],
    );
  });
});

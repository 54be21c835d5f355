import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shapeOf } from '../../loadtest/bench/sketch/column.ts';
import { REAL_NAMES, realColumns } from '../../loadtest/bench/sketch/real-columns.ts';
import { STREAMS, streamNamed, take } from '../../loadtest/bench/sketch/streams.ts';

describe('streams', () => {
  test('are finite, and the same for the same seed', () => {
    for (const stream of STREAMS) {
      const values = take(stream, 2000, 3);
      assert.ok(values.every(Number.isFinite), stream.name);
      assert.deepEqual(take(stream, 2000, 3), values);
    }
  });

  test('are the eight of the budget and others, each named once', () => {
    assert.equal(STREAMS.filter(({ traits }) => traits.includes('core')).length, 8);
    assert.equal(new Set(STREAMS.map(({ name }) => name)).size, STREAMS.length);
  });

  test('made to be hostile are what they say', () => {
    const pipe = take(streamNamed('organ pipe'), 100, 1);
    assert.equal(new Set(pipe).size, 100);
    assert.ok(pipe[49]! > pipe[0]! && pipe[50]! > pipe[99]!);
    const cluster = take(streamNamed('zeros and cluster'), 1000, 1).filter((value) => value !== 0);
    assert.ok(cluster.length > 400 && cluster.every((value) => Math.abs(value - 1e6) < 0.01));
  });
});

test('the shape of a column says what peers cannot take', () => {
  const column = { name: 'x', traits: [], variants: [Float64Array.of(1, 7), Float64Array.of(-2)] };
  assert.deepEqual(shapeOf(column), { hasNegative: true, largest: 7 });
});

test('real columns are consecutive parts of what was recorded, short ones whole', () => {
  const { columns, missing } = realColumns(REAL_NAMES, 100_000);
  assert.equal(missing, null);
  const lengths = Object.fromEntries(columns.map(({ name, variants }) => [name, variants.map(({ length }) => length)]));
  assert.deepEqual(lengths['flights delay'], lengths['flights distance']);
  assert.ok(lengths['flights delay']!.length >= 2 && lengths['flights delay']!.every((n) => n === 100_000));
  assert.ok(lengths['movies gross']![0]! > 3000 && lengths['movies gross']!.length === 1);
  assert.ok(columns.every(({ variants }) => variants.every((values) => values.every(Number.isFinite))));
});

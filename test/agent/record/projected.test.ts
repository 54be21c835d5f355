import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Losses } from '../../../agent/src/losses.ts';
import { readModel } from '../../../agent/src/model-options.ts';
import { ModelVersion, type Series } from '../../../agent/src/record/model-version.ts';
import { addVector, addVectors, MAX_COMPONENTS } from '../../../agent/src/record/projected.ts';
import { RowSample } from '../../../agent/src/record/row-sample.ts';
import { tableOf } from '../../../agent/src/record/tensor.ts';
import { kindOf } from '../../../agent/src/record/value-kind.ts';
import { placesOf } from '../../../agent/src/record/vector-places.ts';
import { WindowRecord } from '../../../agent/src/window/window-record.ts';

function setUp() {
  const version = new ModelVersion(readModel({ name: 'm', version: '1' }), new Losses());
  const window = new WindowRecord<ModelVersion>(version, 0, 60_000);
  const series = version.find('feature', 'embedding') as Series;
  return { version, window, series };
}

describe('vectors', () => {
  it('are recorded alike from an array, a typed array and the rows of a tensor', () => {
    const rows = Array.from({ length: 20 }, (_, i) =>
      Float32Array.from({ length: 96 }, (_, j) => Math.sin(i * 96 + j)),
    );
    const made = [setUp(), setUp(), setUp()];
    const [one = assert.fail(), two = assert.fail(), three = assert.fail()] = made;
    for (const row of rows) {
      addVector(one.version, one.window, one.series, row);
      addVector(two.version, two.window, two.series, [...row]);
    }
    const data = Float32Array.from(rows.flatMap((row) => [...row]));
    const table = tableOf({ type: 'float32', data, dims: [20, 96] }, 0) ?? assert.fail();
    addVectors(three.version, three.window, three.series, table, new RowSample(Math.random).pick(20, 20), 4_096);
    const [a, b, c] = made.map(({ window, series }) => window.summary(series).projections.toBytes());
    assert.deepEqual(b, a);
    assert.deepEqual(c, a);
  });

  it('have the size of the first; others, and what is no vector of numbers, are of the wrong type', () => {
    const { version, window, series } = setUp();
    for (const vector of [[1, 2], [1, 2, 3], [], [1, 'x'], ['1', '2'], new Float32Array(2)]) {
      addVector(version, window, series, vector);
    }
    addVector(version, window, series, [Number.NaN, 1]);
    const { valid, wrongType, nan } = window.summary(series).kinds;
    assert.deepEqual([valid, wrongType, nan], [2, 4, 1]);
    // So that windows can be merged, the size holds for those to come.
    const later = new WindowRecord<ModelVersion>(version, 60_000, 60_000);
    addVector(version, later, series, [1, 2, 3]);
    assert.equal(later.summary(series).kinds.wrongType, 1);
  });

  it('that are long are looked at in the same places by everybody', () => {
    const size = 150_528;
    const places = placesOf(size, MAX_COMPONENTS);
    assert.equal(places.length, MAX_COMPONENTS);
    assert.equal(new Set(places).size, MAX_COMPONENTS);
    assert.ok((places[0] as number) >= 0 && (places.at(-1) as number) < size);
    // Of any process and any version: a change would be drift.
    assert.deepEqual([...places.subarray(0, 3)], [8, 50, 106]);
    const { version, window, series } = setUp();
    const image = Float64Array.from({ length: size }, (_, i) => (places.includes(i) ? 0 : Number.NaN));
    addVector(version, window, series, image);
    assert.equal(window.summary(series).kinds.valid, 1);
    addVector(version, window, series, new Float64Array(MAX_COMPONENTS));
    assert.equal(window.summary(series).kinds.wrongType, 1);
    const mixed: unknown[] = [...image];
    mixed[places[5] as number] = '0';
    addVector(version, window, series, mixed);
    assert.equal(window.summary(series).kinds.wrongType, 2);
  });

  it('do not become a series that has another kind', () => {
    const { version, window, series } = setUp();
    version.determine(series, 'number');
    addVector(version, window, series, [1, 2]);
    assert.deepEqual([series.kind, window.summary(series).kinds.wrongType], ['number', 1]);
  });

  it('are known by their first component', () => {
    const kinds = [
      [[1, 2], 'vector'],
      [new Float32Array(3), 'vector'],
      [new Uint8Array(1), 'vector'],
      [[], undefined],
      [['a'], undefined],
      [new Float32Array(0), undefined],
      [BigInt64Array.of(1n), undefined],
      [new DataView(new ArrayBuffer(8)), undefined],
      [{ 0: 1, length: 1 }, undefined],
      [null, undefined],
      [1n, 'number'],
      [true, 'category'],
    ] as const;
    for (const [value, kind] of kinds) assert.equal(kindOf(value), kind);
  });
});

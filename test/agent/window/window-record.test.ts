import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Series } from '../../../agent/src/window/series.ts';
import { WindowRecord } from '../../../agent/src/window/window-record.ts';

function setUp() {
  const series = [new Series(0, 'feature', 'x', { kind: 'number' }), new Series(1, 'feature', 'later')];
  return { series, owner: { model: 'm', version: '1', series } };
}

describe('a window', () => {
  it('merges with a delta of the same window as if they had been one', () => {
    const {
      series: [x = assert.fail(), later = assert.fail()],
      owner,
    } = setUp();
    const [one, other] = [new WindowRecord(owner, 0, 60_000), new WindowRecord(owner, 0, 60_000)];
    one.rows = 2;
    other.rows = 3;
    other.errors = 1;
    for (const value of [1, 2]) one.summary(x).add(value);
    for (const value of [3, null, 5]) other.summary(x).add(value);
    later.determine('category');
    other.summary(later).add('a');
    for (const record of [one, other]) record.settle();
    one.merge(other);
    assert.deepEqual([one.rows, one.errors], [5, 1]);
    const [sum, added] = [...one.entries()];
    assert.deepEqual([...(sum?.summary.digest.centroids().mean ?? [])], [1, 2, 3, 5]);
    assert.equal(sum?.summary.kinds.missing, 1);
    assert.equal(added?.summary.categories.count('a'), 1);
  });

  it('gives values from before the kind was known to the series once it is', () => {
    const {
      series: [, later = assert.fail()],
      owner,
    } = setUp();
    const record = new WindowRecord(owner, 0, 60_000);
    record.addUndetermined(later, 'missing');
    record.addUndetermined(later, 'wrongType');
    later.determine('category');
    assert.equal(record.settle(), 0);
    const [entry] = [...record.entries()];
    assert.deepEqual(
      [entry?.summary.kind, entry?.summary.kinds.missing, entry?.summary.kinds.wrongType],
      ['category', 1, 1],
    );
  });

  it('estimates no less than its bytes on the wire', () => {
    const {
      series: [x = assert.fail()],
      owner,
    } = setUp();
    const record = new WindowRecord(owner, 0, 60_000);
    for (let i = 0; i < 5_000; i++) record.summary(x).add(Math.sin(i) * i);
    record.settle();
    assert.ok(record.bytes >= record.summary(x).digest.toBytes().length);
  });

  it('counts what ids cost beyond their listed keys, and no more of them however many there are', () => {
    const {
      series: [, ids = assert.fail()],
      owner,
    } = setUp();
    ids.determine('category');
    const bytesOf = (count: number): number => {
      const record = new WindowRecord(owner, 0, 60_000);
      for (let i = 0; i < count; i++) record.summary(ids).add(`id-${i}`);
      record.settle();
      assert.ok(record.bytes >= record.summary(ids).categories.toBytes().length);
      return record.bytes;
    };
    const [listed, few, many, more] = [256, 1_000, 5_000, 50_000].map(bytesOf) as [number, number, number, number];
    assert.ok(few - listed >= 1_000 * 4, `${few - listed} bytes for 1 000 different ids`);
    assert.equal(many - listed, 16_384, 'one byte for each register');
    assert.equal(more, many);
  });

  it('estimates no less than the bytes of vectors on the wire, and merges windows of one size', () => {
    const series = [new Series(0, 'feature', 'embedding')];
    const owner = { model: 'm', version: '1', series };
    const [embedding = assert.fail()] = series;
    embedding.determine('vector');
    embedding.fixVector(8, 8);
    embedding.fixVector(9, 9);
    const windows = [new WindowRecord(owner, 0, 60_000), new WindowRecord(owner, 0, 60_000)];
    for (const window of windows) {
      for (let i = 0; i < 500; i++) {
        window.summary(embedding).add(Float64Array.from({ length: 8 }, (_, j) => Math.sin(i * 8 + j)));
      }
      window.summary(embedding).add([1, 2, 3]);
      window.settle();
    }
    const [one = assert.fail(), other = assert.fail()] = windows;
    assert.ok(one.bytes >= one.summary(embedding).projections.toBytes().length);
    one.merge(other);
    assert.deepEqual([one.summary(embedding).kinds.valid, one.summary(embedding).kinds.wrongType], [1_000, 2]);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PairMoments } from '@tidemark/sketch';
import fc from 'fast-check';

type Pair = readonly [number, number];

const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-9, `${found} against ${expected}`);
const pair = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }));
const pairs = fc.array(pair, { maxLength: 60 });

function momentsOf(some: readonly Pair[]): PairMoments {
  const moments = new PairMoments();
  for (const [x, y] of some) moments.add(x, y);
  return moments;
}

/** By two passes over the values. */
function pearson(some: readonly Pair[]): number {
  const mean = (of: 0 | 1) => some.reduce((sum, row) => sum + row[of], 0) / some.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const sum = (term: (x: number, y: number) => number) =>
    some.reduce((total, [x, y]) => total + term(x - meanX, y - meanY), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
}

describe('PairMoments', () => {
  it('by hand: Pearson of three pairs', () => {
    // x - 2: -1 0 1; y - 5: -3 1 2: products 5, squares 2 and 14.
    near(momentsOf([[1, 2], [2, 6], [3, 7]]).correlation, 5 / Math.sqrt(28)); // biome-ignore format: one line
  });

  it('is -1 to 1, symmetric, and does not depend on units; along a line it is the sign of the line', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(0.01, 3, 100), (some, unit) => {
        const found = momentsOf(some).correlation;
        fc.pre(!Number.isNaN(found));
        assert.ok(found >= -1 && found <= 1);
        near(momentsOf(some.map(([x, y]) => [y, x])).correlation, found);
        near(momentsOf(some.map(([x, y]) => [x * unit + 7, y])).correlation, found);
        near(momentsOf(some.map(([x, y]) => [-x, y])).correlation, -found);
        near(momentsOf(some.map(([x]) => [x, 3 * x - 1])).correlation, 1);
      }),
    );
  });

  it('agrees with two passes over the values, however these are parted, sent and merged', () => {
    fc.assert(
      fc.property(fc.array(pairs, { minLength: 1, maxLength: 5 }), (lists) => {
        const all = lists.flat();
        for (const order of [lists, lists.toReversed()]) {
          const merged = new PairMoments();
          for (const list of order) merged.merge(PairMoments.fromBytes(momentsOf(list).toBytes()));
          assert.equal(merged.count, all.length);
          if (Number.isNaN(merged.correlation)) assert.ok(all.length < 2 || Number.isNaN(pearson(all)));
          else near(merged.correlation, pearson(all));
        }
      }),
    );
  });

  it('has no correlation of fewer than two pairs, nor where a side is constant', () => {
    for (const some of [[], [[1, 2]], [[0.1, 1], [0.1, 2], [0.1, 3]]] as Pair[][]) // biome-ignore format: one line
      assert.ok(Number.isNaN(momentsOf(some).correlation));
    const merged = momentsOf([[0.1, 1], [0.1, 2]]); // biome-ignore format: one line
    merged.merge(momentsOf([[0.1, 7]]));
    assert.ok(Number.isNaN(merged.correlation));
  });

  it('loses no digits to large offsets', () => {
    const some: Pair[] = [[4, 2], [7, 9], [13, 4], [16, 12]]; // biome-ignore format: one line
    near(momentsOf(some.map(([x, y]) => [1e9 + x, y - 1e9])).correlation, pearson(some));
  });

  it('stays finite where sums overflow, and can be sent', () => {
    const some: Pair[] = [[1.7e308, -1.7e308], [-1.7e308, 1.7e308], [1e308, 5], [0, 0]]; // biome-ignore format: one line
    const moments = momentsOf(some);
    moments.merge(momentsOf(some.toReversed()));
    const back = PairMoments.fromBytes(moments.toBytes());
    assert.equal(back.count, 8);
    assert.ok(Math.abs(back.correlation) <= 1);
  });

  it('refuses NaN and infinities, changing nothing', () => {
    const moments = momentsOf([[1, 2]]);
    const before = moments.toBytes();
    for (const [x, y] of [[Number.NaN, 1], [1, Infinity], ['1' as unknown as number, 1]] as Pair[]) // biome-ignore format: one line
      assert.throws(() => moments.add(x, y), { code: 'SKETCH_VALUE_INVALID' });
    assert.deepEqual(moments.toBytes(), before);
  });

  it('is rebuilt from its bytes to the bit, and refuses all that it cannot have written', () => {
    const bytes = momentsOf([[1, 2], [3, -4], [5, 0.25]]).toBytes(); // biome-ignore format: one line
    assert.equal(bytes.length, 49);
    assert.deepEqual(PairMoments.fromBytes(bytes).toBytes(), bytes);
    const empty = new PairMoments().toBytes();
    assert.equal(PairMoments.fromBytes(empty).count, 0);
    const changed = (from: Uint8Array, at: number, value: number) => {
      const copy = Uint8Array.from(from);
      if (at < 9) copy[at] = value;
      else new DataView(copy.buffer).setFloat64(at, value, true);
      return copy;
    };
    const wrong = [
      bytes.subarray(1),
      Uint8Array.of(...bytes, 0),
      changed(bytes, 0, 2),
      changed(bytes, 8, 255),
      ...[9, 17, 25, 33, 41].map((at) => changed(bytes, at, Number.NaN)),
      changed(bytes, 25, -1),
      changed(bytes, 33, -1),
      ...[9, 17, 25, 33, 41].map((at) => changed(empty, at, 1)),
      changed(momentsOf([[1, 2]]).toBytes(), 41, 1),
    ];
    for (const one of wrong) assert.throws(() => PairMoments.fromBytes(one), { code: 'SKETCH_BYTES_INVALID' });
  });
});

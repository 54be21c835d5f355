import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Moments, SketchError } from '@tidemark/sketch';
import fc from 'fast-check';
import { seeded } from './datasets.ts';

const moderate = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });

function momentsOf(values: Iterable<number>): Moments {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
}

function close(actual: number, expected: number, scale: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(scale, 1e-300), `${actual} is not ${expected}`);
}

describe('Moments', () => {
  it('are NaN when empty and exact for one value', () => {
    const moments = new Moments();
    assert.deepEqual(
      [moments.count, moments.min, moments.max, moments.mean, moments.m2, moments.variance, moments.deviation],
      [0, NaN, NaN, NaN, 0, NaN, NaN],
    );
    moments.add(-0);
    assert.ok(Object.is(moments.min, 0) && Object.is(moments.mean, 0));
    assert.equal(moments.variance, 0);
  });

  it('lose no digits to a large offset', () => {
    const moments = momentsOf([4, 7, 13, 16].map((x) => 1e9 + x));
    assert.equal(moments.mean, 1e9 + 10);
    assert.equal(moments.variance, 22.5);
    assert.equal(momentsOf(Array(1000).fill(0.1)).m2, 0);
  });

  it('agree with two passes over the values, however these are parted and merged', () => {
    fc.assert(
      fc.property(fc.array(fc.array(moderate, { maxLength: 30 }), { minLength: 1, maxLength: 8 }), (lists) => {
        const values = lists.flat();
        for (const order of [lists, lists.toReversed()]) {
          const merged = new Moments();
          for (const list of order) merged.merge(Moments.fromBytes(momentsOf(list).toBytes()));
          assert.equal(merged.count, values.length);
          if (values.length === 0) return;
          assert.equal(merged.min, Math.min(...values) + 0);
          assert.equal(merged.max, Math.max(...values) + 0);
          const mean = values.reduce((sum, x) => sum + x / values.length, 0);
          const m2 = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
          const largest = Math.max(...values.map(Math.abs));
          close(merged.mean, mean, largest);
          close(merged.m2, m2, largest * largest * values.length);
        }
      }),
    );
  });

  it('stay finite where sums overflow', () => {
    const moments = momentsOf([1e308, -1e308, 1e308]);
    moments.merge(momentsOf([-1.7e308, 1.7e308]));
    assert.ok(Number.isFinite(moments.mean) && moments.mean >= moments.min && moments.mean <= moments.max);
    assert.equal(moments.m2, Number.MAX_VALUE);
    assert.equal(Moments.fromBytes(moments.toBytes()).m2, Number.MAX_VALUE);
  });

  it('refuse what is no finite number', () => {
    const moments = momentsOf([1]);
    for (const bad of [Number.NaN, Infinity, -Infinity, '1', null]) {
      assert.throws(() => moments.add(bad as number), { name: 'SketchError', code: 'SKETCH_VALUE_INVALID' });
    }
    assert.equal(moments.count, 1);
  });

  it('leave a clone independent', () => {
    const moments = momentsOf([1, 2]);
    moments.clone().add(50);
    assert.equal(moments.max, 2);
  });

  it('have a byte form that stays what it is', () => {
    const hex = Buffer.from(momentsOf([1, 2, 6]).toBytes()).toString('hex');
    assert.equal(hex, '010300000000000000000000000000f03f000000000000184000000000000008400000000000002c40');
    assert.equal(new Moments().toBytes().length, 41);
    assert.equal(Moments.fromBytes(new Moments().toBytes()).count, 0);
  });

  it('are read from mutated bytes as an error or as possible moments', () => {
    const random = seeded(4);
    const original = momentsOf([1, 2, 6, 1e9]).toBytes();
    for (let i = 0; i < 5000; i++) {
      const bytes = original.slice(0, random() < 0.05 ? Math.floor(random() * 42) : 41);
      if (bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      try {
        const moments = Moments.fromBytes(bytes);
        assert.ok(moments.min <= moments.mean && moments.mean <= moments.max && moments.variance >= 0);
      } catch (error) {
        assert.ok(error instanceof SketchError && error.code === 'SKETCH_BYTES_INVALID', String(error));
      }
    }
  });
});

it('many at once give what one by one gives, and nothing changes where one is refused', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
        minLength: 1,
        maxLength: 300,
      }),
      (values) => {
        const [together, apart] = [new Moments(), new Moments()];
        const half = values.length >> 1;
        together.addAll(Float64Array.from(values), half);
        together.addAll(Float64Array.from(values.slice(half)));
        for (const value of values) apart.add(value);
        assert.deepEqual([together.count, together.min, together.max], [apart.count, apart.min, apart.max]);
        assert.ok(Math.abs(together.mean - apart.mean) <= 1e-9 * Math.max(1, Math.abs(apart.mean)));
        assert.ok(Math.abs(together.m2 - apart.m2) <= 1e-9 * Math.max(1, apart.m2));
      },
    ),
  );
  const moments = new Moments();
  moments.add(1);
  assert.throws(() => moments.addAll(Float64Array.of(2, Number.NaN)), { code: 'SKETCH_VALUE_INVALID' });
  assert.equal(moments.count, 1);
});

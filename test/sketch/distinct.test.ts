import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DISTINCT_STANDARD_ERROR, Distinct } from '@tidemark/sketch';
import fc from 'fast-check';
import { seeded } from './datasets.ts';

function distinctOf(texts: Iterable<string>): Distinct {
  const distinct = new Distinct();
  for (const text of texts) distinct.add(text);
  return distinct;
}

function* numbered(prefix: string, n: number): Generator<string> {
  for (let i = 0; i < n; i++) yield `${prefix}${i}`;
}

function hex(distinct: Distinct): string {
  return Buffer.from(distinct.toBytes()).toString('hex');
}

describe('Distinct', () => {
  it('counts up to 2 048 different texts one by one, in 4 bytes each', () => {
    assert.deepEqual([new Distinct().estimate(), new Distinct().toBytes().length], [0, 4]);
    for (const n of [1, 10, 256, 1000, 2048]) {
      const distinct = distinctOf([...numbered('user-', n), ...numbered('user-', n)]);
      assert.equal(distinct.estimate(), n);
      assert.equal(distinct.standardError, 0);
      assert.equal(distinct.toBytes().length, 4 + 4 * n);
    }
  });

  it('estimates more within 3.5 standard errors, in 8 KiB', () => {
    assert.ok(Math.abs(DISTINCT_STANDARD_ERROR - 0.0081) < 0.0001);
    const sizes: [n: number, seeds: number][] = [
      [2_049, 40],
      [10_000, 40],
      [30_000, 20],
      [50_000, 20],
      [100_000, 12],
      [1_000_000, 3],
    ];
    for (const [n, seeds] of sizes) {
      let sum = 0;
      let squares = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const distinct = distinctOf(numbered(`${seed}/`, n));
        const error = distinct.estimate() / n - 1;
        assert.ok(
          Math.abs(error) < 3.5 * distinct.standardError,
          `${n}, seed ${seed}: ${(100 * error).toFixed(2)} % off`,
        );
        assert.ok(distinct.toBytes().length < 8300);
        sum += error;
        squares += error ** 2;
      }
      // Not biased, and no worse than said.
      assert.ok(
        Math.abs(sum / seeds) < (3.5 * DISTINCT_STANDARD_ERROR) / Math.sqrt(seeds),
        `${n}: mean ${sum / seeds}`,
      );
      assert.ok(Math.sqrt(squares / seeds) < 1.5 * DISTINCT_STANDARD_ERROR, `${n}: ${Math.sqrt(squares / seeds)}`);
    }
  });

  it('has the same bytes for the same set of texts, however parted, repeated, merged and sent', () => {
    const part = fc
      .tuple(fc.integer({ min: 0, max: 4000 }), fc.constantFrom(0, 1, 5, 300, 2047, 2048, 2049, 4000))
      .map(([from, n]) => Array.from({ length: n }, (_, i) => `t${from + i}`));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (parts, picks) => {
        const whole = hex(distinctOf(parts.flat()));
        const next = () => picks.next().value ?? 0;
        const left = parts.map((texts) => Distinct.fromBytes(distinctOf(texts).toBytes()));
        // A random tree of merges, some of them twice.
        while (left.length > 1) {
          const [one] = left.splice(next() % left.length, 1);
          const into = left[next() % left.length]!;
          into.merge(one!);
          if (next() % 3 === 0) into.merge(one!);
        }
        assert.equal(hex(left[0] ?? new Distinct()), whole);
      }),
      { numRuns: 60 },
    );
  });

  it('is commutative, associative and idempotent, bit for bit', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 6 }), { maxLength: 40 });
    const many = fc.integer({ min: 0, max: 3 }).map((i) => [...numbered(`${i}-`, i * 1500)]);
    const side = fc.tuple(texts, many).map((both) => both.flat());
    const merged = (...sides: Distinct[]) => {
      const sum = new Distinct();
      for (const one of sides) sum.merge(one);
      return sum;
    };
    fc.assert(
      fc.property(side, side, side, (x, y, z) => {
        const [a, b, c] = [distinctOf(x), distinctOf(y), distinctOf(z)];
        assert.equal(hex(merged(a, b)), hex(merged(b, a)));
        assert.equal(hex(merged(merged(a, b), c)), hex(merged(a, merged(b, c))));
        assert.equal(hex(merged(a, a)), hex(a));
        const before = hex(a);
        a.merge(a);
        assert.equal(hex(a), before);
      }),
      { numRuns: 60 },
    );
  });

  it('never falls by more than its error when texts come in, and knows hostile ones apart', () => {
    const hostile = ['', '__proto__', 'constructor', '\ud800', '\udc00', '\ufffd', '\0', '\0\0', 'x'.repeat(1_000_000)];
    const distinct = distinctOf([...hostile, ...hostile]);
    assert.equal(distinct.estimate(), hostile.length);
    distinct.add(String(-0));
    distinct.add('0');
    assert.equal(distinct.estimate(), hostile.length + 1);
    const crossing = distinctOf(numbered('n', 2048));
    crossing.add('n2048');
    assert.ok(Math.abs(crossing.estimate() - 2049) < 2049 * 3.5 * DISTINCT_STANDARD_ERROR);
  });

  it('keeps a clone independent, sparse and dense', () => {
    for (const n of [10, 5000]) {
      const distinct = distinctOf(numbered('a', n));
      const before = hex(distinct);
      const twin = distinct.clone();
      assert.equal(hex(twin), before);
      for (const text of numbered('b', 3000)) twin.add(text);
      assert.equal(hex(distinct), before);
      assert.notEqual(hex(twin), before);
    }
  });

  it('takes memory as it needs it, at most 16 KiB', () => {
    assert.equal(new Distinct().memoryBytes, 0);
    let most = 0;
    const random = seeded(1);
    const distinct = new Distinct();
    for (let i = 0; i < 20_000; i++) {
      distinct.add(String(random()));
      most = Math.max(most, distinct.memoryBytes);
      if (i === 9) assert.ok(distinct.memoryBytes <= 128);
    }
    assert.equal(most, 16_384);
  });
});

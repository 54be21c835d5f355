import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Summary } from '@tidemark/sketch';
import fc from 'fast-check';
import { exactDecileCuts, exactShares, makeBins, sharesIn } from '../../../collector/src/drift/bins.ts';

function summaryOf(kind: 'number' | 'category', values: Iterable<unknown>): Summary {
  const summary = new Summary(kind);
  for (const value of values) summary.add(value);
  return summary;
}

test('a constant baseline has one cut, and values on it are in the first bin', () => {
  const baseline = summaryOf('number', new Array(500).fill(0.003467));
  const bins = makeBins(baseline);
  assert.deepEqual(bins, { kind: 'number', cuts: [0.003467] });
  assert.deepEqual(sharesIn(bins, baseline), [1, 0]);
  assert.deepEqual(sharesIn(bins, summaryOf('number', [0.003467, 0.0035, 0.001, 9])), [0.5, 0.5]);
});

test('a zero-inflated baseline keeps its zeros in the bin at or below zero', () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index % 20 === 0 ? index : 0));
  const bins = makeBins(summaryOf('number', values));
  assert.deepEqual(bins, { kind: 'number', cuts: [0] });
  assert.deepEqual(sharesIn(bins, summaryOf('number', [0, 0, 0, 5])), [0.75, 0.25]);
});

test('bins are right-closed: a value on a cut belongs to the bin below it', () => {
  const bins = { kind: 'number', cuts: [1, 2] } as const;
  assert.deepEqual(sharesIn(bins, summaryOf('number', [1, 2, 2, 3])), [0.25, 0.5, 0.25]);
  assert.deepEqual(exactShares(bins.cuts, [1, 2, 2, 3]), [0.25, 0.5, 0.25]);
});

test('an empty baseline has no cuts, and neither it nor an empty span has shares', () => {
  const empty = summaryOf('number', [null, null]);
  assert.deepEqual(makeBins(empty), { kind: 'number', cuts: [] });
  assert.equal(sharesIn(makeBins(empty), summaryOf('number', [1])), null);
  assert.equal(sharesIn({ kind: 'number', cuts: [1] }, empty), null);
  assert.equal(sharesIn({ kind: 'category', keys: ['a'] }, summaryOf('category', [])), null);
  assert.equal(sharesIn({ kind: 'category', keys: ['a'] }, summaryOf('number', [1])), null);
});

test('the most frequent categories have bins, the rest and everything new is other', () => {
  const values = Array.from({ length: 60 }, (_, rank) => new Array<string>(100 - rank).fill(`c${rank}`)).flat();
  const bins = makeBins(summaryOf('category', values));
  assert.ok(bins.kind === 'category');
  assert.equal(bins.keys.length, 50);
  assert.ok(bins.keys.includes('c0') && !bins.keys.includes('c59'));
  const shares = sharesIn(bins, summaryOf('category', ['c0', 'c59', 'new', 'c0']))!;
  assert.equal(shares[bins.keys.indexOf('c0')], 0.5);
  assert.equal(shares.at(-1), 0.5);
});

test('names that mean something to JavaScript are categories like others', () => {
  const baseline = summaryOf('category', ['__proto__', 'constructor', '__proto__', 'toString']);
  const bins = makeBins(baseline);
  assert.deepEqual(bins, { kind: 'category', keys: ['__proto__', 'constructor', 'toString'] });
  assert.deepEqual(sharesIn(bins, baseline), [0.5, 0.25, 0.25, 0]);
});

test('decile cuts are distinct, ascending, inside the data, and cut a continuous column into tenths', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 300 }),
      (values) => {
        const sorted = Float64Array.from(values).sort();
        const cuts = exactDecileCuts(sorted);
        assert.ok(cuts.length >= 1 && cuts.length <= 9);
        for (const [index, cut] of cuts.entries()) {
          assert.ok(cut >= sorted[0]! && cut <= sorted.at(-1)!);
          if (index > 0) assert.ok(cut > cuts[index - 1]!);
        }
      },
    ),
  );
  const far = Float64Array.of(-Number.MAX_VALUE, Number.MAX_VALUE);
  assert.ok(exactDecileCuts(far).every(Number.isFinite), 'also where the difference of two neighbours overflows');
  const ramp = Float64Array.from({ length: 1000 }, (_, index) => index);
  assert.deepEqual(exactShares(exactDecileCuts(ramp), ramp), new Array(10).fill(0.1));
});

test('shares of small digests are those of the raw values, and always sum to 1', () => {
  const value = fc.integer({ min: -20, max: 20 });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 200 }),
      fc.array(value, { minLength: 1, maxLength: 200 }),
      (reference, live) => {
        const bins = makeBins(summaryOf('number', reference));
        assert.ok(bins.kind === 'number');
        const shares = sharesIn(bins, summaryOf('number', live))!;
        const exact = exactShares(bins.cuts, Float64Array.from(live).sort())!;
        for (const [index, share] of shares.entries()) assert.ok(Math.abs(share - exact[index]!) < 1e-12);
        assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
      },
    ),
  );
});

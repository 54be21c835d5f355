import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agree, differenceOf, snapshotOf } from '../../../agent/src/observe/agreement.ts';

class Opaque {
  readonly #secret: number;
  constructor(secret: number) {
    this.#secret = secret;
  }
  get secret(): number {
    return this.#secret;
  }
}

const CASES: [a: unknown, b: unknown, agrees: boolean | undefined, difference?: number][] = [
  [1, 1.05, true, 0.05],
  [1, 1.2, false, 0.2],
  [5n, 5, true, 0],
  [Number.NaN, Number.NaN, true, Number.NaN],
  [Number.NaN, 1, false, Number.NaN],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true, Number.NaN],
  ['a', 'a', true],
  ['a', 'b', false],
  ['1', 1, false],
  [true, false, false],
  [undefined, null, true],
  [undefined, 1, false],
  [{ p: 1 }, { p: 1.01 }, true, 0.01],
  [{ p: 1, label: 'a' }, { p: 1, label: 'b' }, false],
  [{ p: 1 }, { q: 1 }, false, 0],
  [{ p: 1 }, {}, false],
  [{ p: {} }, { p: {} }, undefined],
  [{ p: {}, label: 'a' }, { p: {}, label: 'b' }, false],
  [[1, 2], Float32Array.of(1, 2), true],
  [[1, 2], [1, 3], false],
  [[1, 2], [1], false],
  [[1], { 0: 1 }, undefined],
  [new Map(), new Map(), undefined],
  [5, { p: 5 }, undefined, 0],
  [{}, {}, true],
  [new Error('one'), new Error('other'), undefined],
  [new Opaque(1), new Opaque(2), undefined],
  [Symbol.iterator, Symbol.iterator, undefined],
];

describe('two answers', () => {
  for (const [a, b, agrees, difference] of CASES) {
    const says = agrees === undefined ? 'cannot be compared' : agrees ? 'agree' : 'disagree';
    it(`${says}: ${[a, b].map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))).join(' and ')}`, () => {
      assert.equal(agree(a, b, 0.1), agrees);
      const found = differenceOf(a, b);
      if (difference === undefined) assert.equal(found, undefined);
      else assert.ok(Object.is(found, difference) || Math.abs((found as number) - difference) < 1e-9, `${found}`);
    });
  }

  it('are compared the same by what is kept of them', () => {
    for (const [a, b, agrees] of CASES) assert.equal(agree(snapshotOf(a), snapshotOf(b), 0.1), agrees);
  });

  it('disagree where one is longer, however long they are', () => {
    const [short, long] = [new Float64Array(4_096), new Float64Array(9_000)];
    for (const [a, b] of [
      [short, long],
      [long, short],
    ]) {
      assert.equal(agree(a, b, 0), false);
      assert.equal(agree(snapshotOf(a), snapshotOf(b), 0), false);
    }
    assert.equal(agree(snapshotOf(long), snapshotOf(new Float64Array(9_000)), 0), true);
  });

  it('are compared as they were when they were given', () => {
    const answer = { p: 1 };
    const list = Float32Array.of(1, 2);
    const kept = [snapshotOf(answer), snapshotOf(list), snapshotOf(5)];
    answer.p = 2;
    list.fill(0);
    assert.deepEqual(kept, [{ p: 1 }, [1, 2], 5]);
  });
});

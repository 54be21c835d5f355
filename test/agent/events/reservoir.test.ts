import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Reservoir } from '../../../agent/src/events/reservoir.ts';
import { seededRandom } from './seeded-random.ts';

type Item = { readonly at: number; readonly bytes: number };

/** Offers 0, 1, …, `count` − 1. */
function fill(reservoir: Reservoir<Item>, count: number, bytes = 1): Reservoir<Item> {
  for (let at = 0; at < count; at++) if (reservoir.offer()) reservoir.put({ at, bytes });
  return reservoir;
}

/**
 * Pearson's statistic of how often each of `offers` was kept over many runs of `once`, against all the same. Of a sample
 * without replacement its expectation is a little below the degrees of freedom (the draws of one run repel each other).
 */
function chiSquare(offers: number, runs: number, once: (random: () => number) => readonly Item[]): number {
  const random = seededRandom(12_345);
  const counts = new Float64Array(offers);
  let total = 0;
  for (let run = 0; run < runs; run++) {
    for (const { at } of once(random)) {
      counts[at] = (counts[at] ?? 0) + 1;
      total++;
    }
  }
  const expected = total / offers;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

// 39 degrees of freedom: 0.1 % of fair samplers are above.
const BOUND = 72.1;
const OFFERS = 40;
const RUNS = 20_000;

describe('a reservoir', () => {
  it('is a uniform sample', () => {
    const fair = chiSquare(OFFERS, RUNS, (random) => fill(new Reservoir<Item>(5, 1, random), OFFERS).drain().items);
    assert.ok(fair < BOUND, `${fair}`);
  });

  it('is judged by a test that finds a reservoir that is 5 % off', () => {
    const biased = chiSquare(OFFERS, RUNS, (random) => {
      const items: Item[] = [];
      for (let at = 0; at < OFFERS; at++) {
        if (items.length < 5) items.push({ at, bytes: 1 });
        else if (random() * (at + 1) * 1.05 < 5) items[Math.floor(random() * 5)] = { at, bytes: 1 };
      }
      return items;
    });
    assert.ok(biased > BOUND, `${biased}`);
  });

  it('stays uniform with a share, when some are given up for bytes, and from the front', () => {
    const shared = chiSquare(OFFERS, RUNS, (random) => fill(new Reservoir<Item>(5, 0.3, random), OFFERS).drain().items);
    const evicting = chiSquare(OFFERS, RUNS, (random) => {
      const reservoir = new Reservoir<Item>(8, 1, random);
      for (let at = 0; at < OFFERS; at++) {
        if (reservoir.offer()) reservoir.put({ at, bytes: 1 });
        for (const when of [12, 25, 25, 25, 25]) if (at === when) reservoir.evict();
        // The same share again makes no room.
        if (at === 25) reservoir.setShare(1);
      }
      return reservoir.drain().items;
    });
    const front = chiSquare(OFFERS, RUNS, (random) =>
      fill(new Reservoir<Item>(9, 1, random), OFFERS)
        .drain()
        .items.slice(0, 3),
    );
    const lowered = chiSquare(OFFERS, RUNS, (random) => {
      const reservoir = fill(new Reservoir<Item>(9, 0.9, random), OFFERS / 2);
      reservoir.setShare(0.2);
      for (let at = OFFERS / 2; at < OFFERS; at++) if (reservoir.offer()) reservoir.put({ at, bytes: 1 });
      return reservoir.drain().items;
    });
    for (const [i, value] of [shared, evicting, front, lowered].entries()) assert.ok(value < BOUND, `${i}: ${value}`);
  });

  it('lets the share through', () => {
    const random = seededRandom(7);
    let kept = 0;
    for (let run = 0; run < 500; run++)
      kept += fill(new Reservoir<Item>(1_000, 0.05, random), 1_000).drain().items.length;
    // 25 000 expected, with a standard deviation of 154.
    assert.ok(Math.abs(kept - 25_000) < 600, `${kept}`);
    assert.deepEqual(fill(new Reservoir<Item>(10, 0, random), 1_000).drain(), { items: [], seen: 1_000, evicted: 0 });
  });

  it('holds what it has to a smaller share', () => {
    const reservoir = fill(new Reservoir<Item>(10_000, 1, seededRandom(5)), 10_000);
    reservoir.setShare(0.1);
    // 1 000 expected, with a standard deviation of 30.
    assert.ok(Math.abs(reservoir.size - 1_000) < 120, `${reservoir.size}`);
  });

  it('takes nothing more where the last was given up, until it is drained', () => {
    const reservoir = fill(new Reservoir<Item>(3, 1, seededRandom(5)), 1);
    reservoir.evict();
    reservoir.evict();
    for (let i = 0; i < 1_000; i++) assert.equal(reservoir.offer(), false);
    assert.deepEqual(reservoir.drain(), { items: [], seen: 1_001, evicted: 1 });
    assert.equal(fill(reservoir, 5).drain().items.length, 3);
  });

  it('keeps all of a few and never more than its capacity or bytes it says', () => {
    const step = fc.oneof(
      fc.record({ offers: fc.nat(40) }),
      fc.constant('evict' as const),
      fc.constant('drain' as const),
      fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(step, { maxLength: 20 }),
        fc.integer(),
        (capacity, steps, seed) => {
          const reservoir = new Reservoir<Item>(capacity, 1, seededRandom(seed));
          let offered = 0;
          let untouched = true;
          for (const one of [...steps, 'drain' as const]) {
            if (one === 'evict') reservoir.evict();
            else if (one === 'drain') {
              const before = reservoir.bytes;
              const { items, seen, evicted } = reservoir.drain();
              assert.equal(seen, offered);
              assert.ok(items.length <= capacity && evicted <= capacity);
              assert.equal(before, items.length * 3);
              assert.equal(new Set(items).size, items.length);
              if (untouched) assert.equal(items.length, Math.min(capacity, offered));
              assert.equal(reservoir.bytes, 0);
              offered = 0;
            } else if ('share' in one) reservoir.setShare(one.share);
            else {
              fill(reservoir, one.offers, 3);
              offered += one.offers;
            }
            if (one !== 'drain' && !(typeof one === 'object' && 'offers' in one)) untouched = false;
          }
        },
      ),
    );
  });

  it('takes an item only in the place of an offer', () => {
    const reservoir = new Reservoir<Item>(2, 1, seededRandom(1));
    reservoir.put({ at: 0, bytes: 1 });
    assert.ok(reservoir.offer() && reservoir.offer());
    for (const at of [1, 2, 3]) reservoir.put({ at, bytes: 1 });
    assert.deepEqual(
      reservoir
        .drain()
        .items.map(({ at }) => at)
        .sort(),
      [1, 2],
    );
    reservoir.put({ at: 4, bytes: 1 });
    assert.equal(reservoir.bytes, 0);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Summary } from '@tidemark/sketch';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { psi } from '../../../collector/src/drift/psi.ts';
import { unseenShare } from '../../../collector/src/drift/shares.ts';
import { seeded } from '../../sketch/datasets.ts';

/** The usual bound of "watch it"; the starter rules fire at 0.25. */
const CALM = 0.1;
/**
 * How far the score may be from that of exact counts. In a window of 1 000 rows a value of 5 rows can be displaced, so
 * that its bin is empty: 0.02 to 0.04; on average it is off by 0.003 there, by 0.0005 from 2 000 rows on.
 */
const near = (rows: number): number => 0.005 + 40 / rows;
/** Below this the starter rule for unseen categories clears; it fires at 0.05. */
const NONE_UNSEEN = 0.02;
const MILLION = 1_000_000;

const random = seeded(11);
/** The 53 random bits of two draws, so that none comes twice: as good as all 122 here. */
const uuid = (): string => `0b5e-${Math.floor(random() * 2 ** 32)}-${Math.floor(random() * 2 ** 21)}`;
const equal = (keys: number) => (): string => `of-${keys}-${Math.floor(random() * keys)}`;

/** Rank r with a probability proportional to r^-1.1, of 100 000 ranks; names in no order of rank. */
const zipf = (() => {
  let sum = 0;
  const upTo = Float64Array.from({ length: 100_000 }, (_, index) => {
    sum += (index + 1) ** -1.1;
    return sum;
  });
  return (): number => {
    const at = random() * sum;
    let [low, high] = [0, upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
})();
const nameOf = (rank: number): string => `k${(rank * 7919) % 100_003}`;
const zipfNamed = (): string => nameOf(zipf());

const take = (next: () => string, count: number): string[] => Array.from({ length: count }, next);
const mixed = (share: number, one: () => string, other: () => string) => () => (random() < share ? one() : other());

function summaryOf(keys: readonly string[], windows = 1): Summary {
  const all = new Summary('category');
  const size = Math.ceil(keys.length / windows);
  for (let from = 0; from < keys.length; from += size) {
    const window = new Summary('category');
    for (const key of keys.slice(from, from + size)) window.add(key);
    all.merge(window);
  }
  return all;
}

/** The score through summaries, and from exact counts in the same bins. */
function scores(reference: Summary, referenceKeys: readonly string[], keys: readonly string[], windows = 1) {
  const bins = makeBins(reference);
  assert.ok(bins.kind === 'category');
  const exactIn = (values: readonly string[]): number[] => {
    const counts = new Map(bins.keys.map((key) => [key, 0]));
    for (const value of values) if (counts.has(value)) counts.set(value, counts.get(value)! + 1);
    const listed = [...counts.values()];
    return [...listed, values.length - listed.reduce((sum, count) => sum + count, 0)].map((n) => n / values.length);
  };
  const found = MEASURES.psi.score({ live: summaryOf(keys, windows), reference, bins });
  return { found, exact: psi(exactIn(referenceKeys), exactIn(keys)), bins: bins.keys.length };
}

const LIVE: readonly (readonly [rows: number, windows: number])[] = [
  [1_000, 1],
  [10_000, 1],
  [24_000, 24],
  [240_000, 24],
];

const ids = take(uuid, MILLION);
const ofIds = summaryOf(ids);
const skewed = take(zipfNamed, MILLION);
const ofSkewed = summaryOf(skewed);

describe('a column of more different values than a summary lists', () => {
  it('of nothing but ids scores no drift, and nothing unseen', () => {
    for (const [rows, windows] of [...LIVE, [MILLION, 1] as const]) {
      const live = take(uuid, rows);
      assert.equal(scores(ofIds, ids, live, windows).found, 0, `${rows} rows in ${windows}`);
      assert.ok(unseenShare(summaryOf(live, windows), ofIds) < 0.001, `${rows} rows in ${windows}`);
    }
  });

  it('of which some are frequent scores no drift, and what exact counts would', () => {
    // The second as a file sorted by this column gives them.
    for (const reference of [ofSkewed, summaryOf(skewed.toSorted())]) {
      for (const [rows, windows] of [...LIVE, [MILLION, 1] as const]) {
        const live = take(zipfNamed, rows);
        const { found, exact, bins } = scores(reference, skewed, live, windows);
        const what = `${rows} rows in ${windows}: ${found}, exactly ${exact}, ${bins} bins`;
        assert.ok(bins >= 15 && found < CALM && Math.abs(found - exact) < near(rows), what);
        assert.ok(unseenShare(summaryOf(live, windows), reference) < NONE_UNSEEN, what);
      }
    }
  });

  it('with a few more values than that, all as frequent, scores no drift', () => {
    for (const rows of [20_000, MILLION]) {
      const keys = take(equal(300), rows);
      const reference = summaryOf(keys);
      for (const [liveRows, windows] of LIVE) {
        const live = take(equal(300), liveRows);
        assert.ok(scores(reference, keys, live, windows).found < CALM, `${rows}, ${liveRows} rows in ${windows}`);
        assert.ok(
          unseenShare(summaryOf(live, windows), reference) < NONE_UNSEEN,
          `${rows}, ${liveRows} rows in ${windows}`,
        );
      }
    }
  });

  it('whose frequent values move scores what exact counts would', () => {
    const moves: Record<string, (rank: number) => number> = {
      'the first turns into the second': (rank) => (rank === 0 ? 1 : rank),
      'the first ten are gone': (rank) => (rank < 10 ? rank + 50_000 : rank),
      'the first twenty change places': (rank) => (rank < 20 ? 19 - rank : rank),
    };
    for (const [name, move] of Object.entries(moves)) {
      for (const [rows, windows] of LIVE) {
        const { found, exact } = scores(
          ofSkewed,
          skewed,
          take(() => nameOf(move(zipf())), rows),
          windows,
        );
        const what = `${name}, ${rows} rows in ${windows}: ${found}, exactly ${exact}`;
        assert.ok(found > 0.25, what);
        // A bin that empties weighs much, and in 1 000 rows chance empties some.
        if (rows > 1_000) assert.ok(Math.abs(found - exact) < near(rows) + 0.05 * exact, what);
      }
    }
  });

  it('does not hide a new value that takes over, nor many new ones among frequent values', () => {
    for (const [rows, windows] of LIVE) {
      const what = `${rows} rows in ${windows}`;
      const taken = mixed(0.5, () => 'unknown', uuid);
      const found = unseenShare(summaryOf(take(taken, rows), windows), ofIds);
      assert.ok(found > 0.4 && found < 0.55, `${what}: ${found}`);
      // All of it is new, and at most what the baseline did not list passes for known.
      const replaced = unseenShare(summaryOf(take(uuid, rows), windows), ofSkewed);
      assert.ok(replaced > 0.3, `${what}: ${replaced}`);
    }
  });

  it('does not make the known ones look unseen when ids come among them', () => {
    const known = equal(200);
    const reference = summaryOf(take(known, 100_000));
    for (const [rows, windows] of LIVE) {
      for (const share of [0.1, 0.5, 0.9]) {
        const live = summaryOf(take(mixed(share, uuid, known), rows), windows);
        const found = unseenShare(live, reference);
        // Known ones that contend with as many ids for the 256 places are counted too high: up to half stays unsaid.
        const what = `${share} of ${rows} rows in ${windows}: ${found}`;
        assert.ok(found > 0.5 * share - 0.01 && found < 1.1 * share + 0.02, what);
      }
    }
  });
});

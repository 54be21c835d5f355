import { type Categories, type CategoryEntry, Summary } from '@tidemark/sketch';
import { drawCounts, drawOne, drawShares } from './multinomial.ts';
import type { Random } from './random.ts';

/** Keys that stand for those a summary does not list; more of them would not change what a sketch makes of them. */
const MOST_STANDINS = 1024;
/** Up to so many values each is drawn and counted in by itself. */
const ONE_BY_ONE = 4096;
/** In so many rounds larger windows are counted in: where keys displace each other their order matters. */
const ROUNDS = 8;

/**
 * Draws live windows of categories as they would look if nothing drifted: see NumberPopulation. Categories that never came yet
 * have the share that those seen once have, which is what the next value is new with (Good 1953, The population frequencies of
 * species); categories a summary does not list share the rest.
 */
export class CategoryPopulation {
  readonly #keys: readonly string[];
  readonly #counts: Float64Array;

  constructor(reference: Categories) {
    const discount = reference.exact ? 0 : discountOf(reference.entries());
    const listed = reference
      .entries()
      .map((entry) => ({ key: entry.key, count: Math.max(0, likelyCount(entry) - discount) }));
    const sum = listed.reduce((total, { count }) => total + count, 0);
    const once = reference.exact ? listed.filter(({ count }) => count === 1).length : 0;
    const rest = reference.exact ? once : Math.max(0, reference.total - sum);
    const unlisted = reference.exact ? once : Math.max(1, Math.round(reference.distinct - reference.size));
    const others = standIns(Math.min(MOST_STANDINS, unlisted), listed.length, rest);
    const all = [...listed, ...others];
    this.#keys = all.map(({ key }) => key);
    this.#counts = Float64Array.from(all, ({ count }) => count);
  }

  /** A window of `n` values, in the sketch that windows have. */
  draw(n: number, random: Random): Summary {
    const ends = drawShares(this.#counts, random);
    const window = new Summary('category');
    const { categories, kinds } = window;
    if (n <= ONE_BY_ONE) {
      for (let i = 0; i < n; i++) categories.add(this.#keys[drawOne(ends, random)]!);
    } else {
      this.#addInRounds(categories, drawCounts(n, ends, random), random);
    }
    kinds.valid = n;
    return window;
  }

  #addInRounds(categories: Categories, counts: Float64Array, random: Random): void {
    const rounds = this.#keys.length <= categories.cap ? 1 : ROUNDS;
    for (let left = rounds; left > 0; left--) {
      for (const [i, key] of this.#keys.entries()) {
        const count = random.binomial(counts[i]!, 1 / left);
        if (count === 0) continue;
        categories.add(key, count);
        counts[i]! -= count;
      }
    }
  }
}

/**
 * How often a listed key occurred, as far as can be told: half of what it took over is its own where it is frequent, nothing where
 * most of its count is taken over, as of ids.
 */
function likelyCount({ count, overCount }: CategoryEntry): number {
  return count - overCount > overCount ? count - overCount / 2 : count - overCount;
}

/**
 * By how much each count is too high on average, since what is listed is what happened to come: Ney, Essen and Kneser (1994),
 * On structuring probabilistic dependences in stochastic language modelling, from how many came once and twice.
 */
function discountOf(entries: readonly CategoryEntry[]): number {
  const [once, twice] = [1, 2].map((times) => entries.filter((one) => one.count - one.overCount === times).length);
  return once! === 0 ? 0 : once! / (once! + 2 * twice!);
}

/** Keys for what is not listed, their counts falling with their rank as Zipf's law has it. */
function standIns(size: number, listed: number, total: number): { key: string; count: number }[] {
  const weights = Array.from({ length: size }, (_, i) => 1 / (listed + i + 1));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight, i) => ({ key: `\u0000${i}`, count: (total * weight) / sum }));
}

import type { KindSketches, SummaryParts } from './kind-sketches.ts';
import { Kinds } from './kinds.ts';
import { PairMoments } from './pair-moments.ts';

/** What is kept of a series of pairs: how the two go together. */
export class PairSketches implements KindSketches {
  readonly kinds: Kinds = new Kinds();
  #pairs = new PairMoments();

  /** Moments of the valid pairs. */
  get pairs(): PairMoments {
    return this.#pairs;
  }

  get memoryBytes(): number {
    return 0;
  }

  /** Takes arrays of two. */
  add(value: unknown): void {
    const pair = pairIn(value);
    if (pair === null) this.kinds.addOdd(value);
    else this.addPair(pair[0], pair[1]);
  }

  /** Counts two values that came together in; both must be finite numbers for the pair to be valid. */
  addPair(x: unknown, y: unknown): void {
    const one = numberOf(x);
    const other = numberOf(y);
    if (typeof one === 'number' && typeof other === 'number') this.#addNumbers(one, other);
    // One that is not there makes the pair miss, whatever the other is.
    else if (isAbsent(one) || isAbsent(other)) this.kinds.missing++;
    else this.kinds.wrongType++;
  }

  addStrided(values: ArrayLike<unknown>, first: number, stride: number, count: number): void {
    for (let i = 0, at = first; i < count; i++, at += stride) this.add(values[at]);
  }

  merge(other: Required<SummaryParts>): void {
    this.#pairs.merge(other.pairs);
    this.kinds.merge(other.kinds);
  }

  clone(): PairSketches {
    const twin = new PairSketches();
    twin.kinds.copy(this.kinds);
    twin.#pairs = this.#pairs.clone();
    return twin;
  }

  adopt(parts: SummaryParts): string | null {
    this.kinds.copy(parts.kinds);
    if (parts.pairs !== undefined) this.#pairs = parts.pairs;
    if (parts.digest !== undefined || parts.moments !== undefined) return 'sketches of numbers';
    if (parts.categories !== undefined) return 'categories';
    if (parts.projections !== undefined) return 'projections of vectors';
    if (this.#pairs.count !== this.kinds.valid) return 'counts that differ';
    return this.kinds.outOfRange > 0 || this.kinds.unseen > 0 ? 'counts of what only single values can be' : null;
  }

  #addNumbers(x: number, y: number): void {
    if (Number.isFinite(x) && Number.isFinite(y)) {
      this.#pairs.add(x, y);
      this.kinds.valid++;
      // As a vector, it counts once and as the worst of its numbers.
    } else if (Number.isNaN(x) || Number.isNaN(y)) this.kinds.nan++;
    else this.kinds.addNotFinite(Number.isFinite(x) ? y : x);
  }
}

function pairIn(value: unknown): readonly [unknown, unknown] | null {
  try {
    return Array.isArray(value) && value.length === 2 ? [value[0], value[1]] : null;
  } catch {
    // An array that throws where it is read (a proxy, a getter) holds no pair that could be had.
    return null;
  }
}

function numberOf(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}

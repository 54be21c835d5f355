import { Categories } from './categories.ts';
import type { KindSketches, SummaryOptions, SummaryParts } from './kind-sketches.ts';
import { Kinds } from './kinds.ts';

/** What is kept of a series of strings and booleans: the counts of those seen most. */
export class CategorySketches implements KindSketches {
  readonly kinds: Kinds = new Kinds();
  readonly #options: SummaryOptions;
  #categories: Categories | undefined;

  constructor(options: SummaryOptions) {
    this.#options = options;
  }

  /** Counts of the valid categories. */
  get categories(): Categories {
    const { cap } = this.#options;
    this.#categories ??= new Categories(cap === undefined ? {} : { cap });
    return this.#categories;
  }

  get memoryBytes(): number {
    return this.#categories?.memoryBytes ?? 0;
  }

  /** Takes strings, booleans, bigints and finite numbers, as `String` writes them. */
  add(value: unknown): void {
    if (typeof value === 'string') this.#addCategory(value);
    else if (typeof value === 'boolean' || typeof value === 'bigint') this.#addCategory(String(value));
    else if (typeof value === 'number' && Number.isFinite(value)) this.#addCategory(String(value));
    else if (typeof value === 'number') this.kinds.addNotFinite(value);
    else this.kinds.addOdd(value);
  }

  addStrided(values: ArrayLike<unknown>, first: number, stride: number, count: number): void {
    for (let i = 0, at = first; i < count; i++, at += stride) this.add(values[at]);
  }

  merge(other: Required<SummaryParts>): void {
    this.categories.merge(other.categories);
    this.kinds.merge(other.kinds);
  }

  clone(): CategorySketches {
    const twin = new CategorySketches(this.#options);
    twin.kinds.copy(this.kinds);
    twin.#categories = this.#categories?.clone();
    return twin;
  }

  adopt(parts: SummaryParts): string | null {
    this.kinds.copy(parts.kinds);
    this.#categories = parts.categories;
    const { categories, kinds } = this;
    if (parts.digest !== undefined || parts.moments !== undefined) return 'sketches of numbers';
    if (parts.projections !== undefined) return 'projections of vectors';
    if (parts.pairs !== undefined) return 'moments of pairs';
    if (categories.total !== kinds.valid) return 'counts that differ';
    if (kinds.outOfRange > 0) return 'numbers out of range';
    return kinds.unseen > kinds.valid ? 'more unseen than valid' : null;
  }

  #addCategory(text: string): void {
    this.categories.add(text);
    this.kinds.valid++;
    const { known } = this.#options;
    if (known !== undefined && !known.has(text)) this.kinds.unseen++;
  }
}

import { categoryKey } from '@tidemark/sketch';
import type { ComparedKind } from './common-kind.ts';

/** All valid values of a column: numbers in file order, or how often each category occurred. */
export type RawValues =
  | { readonly kind: 'number'; readonly numbers: Float64Array }
  | { readonly kind: 'category'; readonly counts: ReadonlyMap<string, number> };

/** Numbers that there is room for at first. */
const ROOM = 4096;

/** Keeps every value that a summary of this kind would count as valid: 8 bytes for each number, one entry for each category. */
export class RawColumn {
  readonly #kind: ComparedKind;
  readonly #counts = new Map<string, number>();
  #numbers = new Float64Array(0);
  #count = 0;

  constructor(kind: ComparedKind) {
    this.#kind = kind;
  }

  add(value: unknown): void {
    if (this.#kind === 'number') this.#addNumber(value);
    else if (typeof value === 'string') this.#addCategory(value);
    else if (typeof value === 'boolean' || typeof value === 'bigint' || Number.isFinite(value))
      this.#addCategory(String(value));
  }

  values(): RawValues {
    return this.#kind === 'number'
      ? { kind: 'number', numbers: this.#numbers.subarray(0, this.#count) }
      : { kind: 'category', counts: this.#counts };
  }

  #addNumber(value: unknown): void {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) return;
    if (this.#count === this.#numbers.length) {
      const larger = new Float64Array(Math.max(ROOM, 2 * this.#count));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#count++] = number;
  }

  #addCategory(text: string): void {
    const key = categoryKey(text);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
}

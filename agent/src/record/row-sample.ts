/** Most rows of one call that are looked at; 65 536 values are within 0.39 % of a million in rank. */
export const MAX_SAMPLED_ROWS = 65_536;

/**
 * Which rows of a batch are looked at: all, or one from each of `count` stretches, at a place drawn for it. The stretches
 * begin at a row that is drawn too, and go on at the first after the last: so every row is exactly as likely as any
 * other, none comes twice, and no pattern in the order of the rows can meet a stride.
 */
export class RowSample {
  /** How many rows were picked last, ... */
  count = 0;
  /** ... of how many, ... */
  of = 0;
  /** ... and which, in the first `count` places. */
  rows: Int32Array = new Int32Array(16);
  readonly #random: () => number;

  /** @param random numbers in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Whether every row was picked. */
  get all(): boolean {
    return this.count === this.of;
  }

  /** Picks `wanted` of `of` rows, but at most MAX_SAMPLED_ROWS. */
  pick(of: number, wanted: number): this {
    const count = Math.max(0, Math.min(of, wanted, MAX_SAMPLED_ROWS));
    if (this.rows.length < count) this.rows = new Int32Array(2 ** Math.ceil(Math.log2(count)));
    this.count = count;
    this.of = of;
    const rows = this.rows;
    if (count === of) {
      for (let i = 0; i < count; i++) rows[i] = i;
      return this;
    }
    const first = Math.floor(this.#random() * of);
    let start = 0;
    for (let i = 0; i < count; i++) {
      const end = Math.floor(((i + 1) * of) / count);
      const row = first + start + Math.floor(this.#random() * (end - start));
      rows[i] = row < of ? row : row - of;
      start = end;
    }
    return this;
  }
}

/** A generator of numbers in [0, 1), the same for the same seed (Marsaglia 2003, xorshift32). */
export function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

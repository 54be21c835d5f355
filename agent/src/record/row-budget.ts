// What a watched run costs however few values of it are recorded: the clock, the promise, the counting. 0.5 µs measured
// on Node 24 with two sessions that take turns.
const FIXED_NS = 500;
// Where that alone is more than the share, values get this part of the share nevertheless: they are why we are here.
const LEAST_PART = 1 / 8;
// Before anything is measured: 25 values at 20 ns.
const FIRST_ROW_NS = 500;
// What a run may be held up for beyond the share, while its window has too little to be judged by; and rows that are
// taken even then without asking the clock, which other work may hold up as well.
const SURE_NS = 1e7;
const SURE_ROWS_A_RUN = 256;
// Rows after which half of what was measured is forgotten; a digest takes in some 2 000 values at once, now and then,
// and a mean must span several of these.
const MEMORY_ROWS = 16_384;
const BUCKETS = 32;

/**
 * How many rows of a run may be recorded, so that all that is done for it stays below a share of the time it takes.
 * Runs are told apart by size: the time is learnt for each power of two of rows. Pure: it is told all times.
 */
export class RowBudget {
  readonly #share: number;
  readonly #random: () => number;
  readonly #firstRowNs: number;
  /** By the binary logarithm of the rows; 0 where there was no run yet. */
  readonly #runNs = new Float64Array(BUCKETS);
  /** Least cost of a row so far: what cold code and other processes add is not the row's. */
  #leastRowNs = Number.POSITIVE_INFINITY;
  #ns = 0;
  #rows = 0;

  /**
   * @param share of the run time, 0 to 1; from 1 on everything is recorded.
   * @param random numbers in [0, 1).
   * @param firstRowNs what a row is thought to cost before one was recorded.
   */
  constructor(share: number, random: () => number, firstRowNs = FIRST_ROW_NS) {
    this.#firstRowNs = firstRowNs;
    this.#share = share;
    this.#random = random;
  }

  /**
   * Rows that may be recorded of the next run of `rows` rows. A fraction is a chance: of runs that are shorter than what
   * a row costs, some are recorded, at random.
   */
  allow(rows: number): number {
    if (this.#share >= 1) return rows;
    const shareNs = this.#expected(bucketOf(rows)) * this.#share;
    const some = Math.max(shareNs - FIXED_NS, shareNs * LEAST_PART) / this.rowNs;
    return some >= rows ? rows : Math.floor(some + this.#random());
  }

  /** Rows that may be recorded of a run whose window has few: as many as 10 ms allow, at least 256. */
  get sure(): number {
    return Math.max(SURE_ROWS_A_RUN, Math.floor(SURE_NS / Math.min(this.rowNs, this.#leastRowNs)));
  }

  /** What a row costs, in nanoseconds: the mean of those recorded lately. */
  get rowNs(): number {
    return this.#rows === 0 ? this.#firstRowNs : Math.max(this.#ns / this.#rows, 1);
  }

  /** `rows` were recorded in `ns`; the second half of a run (its outputs) comes with 0 rows. */
  recorded(rows: number, ns: number): void {
    if (!(ns >= 0)) return;
    if (rows > 0 && ns / rows < this.#leastRowNs) this.#leastRowNs = Math.max(1, ns / rows);
    this.#ns += ns;
    this.#rows += rows;
    if (this.#rows < MEMORY_ROWS) return;
    this.#ns /= 2;
    this.#rows /= 2;
  }

  /** A run of `rows` rows took `ns`, without what was waited for. */
  ran(rows: number, ns: number): void {
    const bucket = bucketOf(rows);
    const known = this.#runNs[bucket] as number;
    if (!(ns > 0)) return;
    // Long runs are mostly those that something else held up: down fast, up slowly, which tends to the lower quartile.
    const step = (ns - known) * (ns < known ? 1 / 8 : 1 / 32);
    this.#runNs[bucket] = known === 0 ? ns : known + Math.min(step, known / 8);
  }

  /** Of runs of a size not seen yet it is known that they take no less than smaller ones; 0 where there are none. */
  #expected(bucket: number): number {
    for (let i = bucket; i >= 0; i--) {
      const ns = this.#runNs[i] as number;
      if (ns > 0) return ns;
    }
    return 0;
  }
}

function bucketOf(rows: number): number {
  return rows < 1 ? 0 : Math.min(BUCKETS - 1, 31 - Math.clz32(Math.min(rows, 0x7fffffff)));
}

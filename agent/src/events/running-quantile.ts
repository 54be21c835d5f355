const MARKERS = 5;

/**
 * One quantile of a stream in constant memory: the P² algorithm (Jain and Chlamtac 1985, "The P² algorithm for dynamic
 * calculation of quantiles and histograms without storing observations", CACM 28(10)).
 */
export class RunningQuantile {
  /** Heights of the markers, and how many observations are at or below each. */
  readonly #heights = new Float64Array(MARKERS);
  readonly #ranks = new Float64Array(MARKERS);
  readonly #shares: Float64Array;
  #count = 0;

  /** @param quantile between 0 and 1. */
  constructor(quantile: number) {
    this.#shares = Float64Array.of(0, quantile / 2, quantile, (1 + quantile) / 2, 1);
  }

  /** Observations so far. */
  get count(): number {
    return this.#count;
  }

  /** The estimate; meaningless before 5 observations. */
  get value(): number {
    return this.#heights[2] as number;
  }

  reset(): void {
    this.#count = 0;
  }

  /** @param x finite. */
  add(x: number): void {
    if (this.#count < MARKERS) {
      this.#addFirst(x);
      return;
    }
    const q = this.#heights;
    const n = this.#ranks;
    if (x < (q[0] as number)) q[0] = x;
    else if (x > (q[4] as number)) q[4] = x;
    const cell = x < (q[1] as number) ? 1 : x < (q[2] as number) ? 2 : x < (q[3] as number) ? 3 : 4;
    for (let i = cell; i < MARKERS; i++) n[i] = (n[i] as number) + 1;
    const last = this.#count++;
    for (let i = 1; i < MARKERS - 1; i++) {
      const rank = n[i] as number;
      const off = 1 + last * (this.#shares[i] as number) - rank;
      if (off >= 1 && (n[i + 1] as number) - rank > 1) this.#move(i, 1);
      else if (off <= -1 && rank - (n[i - 1] as number) > 1) this.#move(i, -1);
    }
  }

  #addFirst(x: number): void {
    const q = this.#heights;
    let i = this.#count++;
    for (; i > 0 && (q[i - 1] as number) > x; i--) q[i] = q[i - 1] as number;
    q[i] = x;
    this.#ranks[this.#count - 1] = this.#count;
  }

  /** Moves a marker by one rank: along a parabola through its neighbours where that keeps their order, else along a line. */
  #move(i: number, step: 1 | -1): void {
    const q = this.#heights;
    const n = this.#ranks;
    const height = q[i] as number;
    const rank = n[i] as number;
    const below = rank - (n[i - 1] as number);
    const above = (n[i + 1] as number) - rank;
    const up = ((q[i + 1] as number) - height) / above;
    const down = (height - (q[i - 1] as number)) / below;
    const parabola = height + (step / (below + above)) * ((below + step) * up + (above - step) * down);
    const inOrder = (q[i - 1] as number) < parabola && parabola < (q[i + 1] as number);
    q[i] = inOrder ? parabola : height + step * (step === 1 ? up : down);
    n[i] = rank + step;
  }
}

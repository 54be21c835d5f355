import { RunningQuantile } from './running-quantile.ts';

/** From which latency on a call is slow: a fixed one in milliseconds, or above a quantile of the version's own latencies. */
export type SlowLimit = { readonly ms: number } | { readonly quantile: number };

// Learning costs about 50 ns, so after the first limit only every eighth latency is learned, on average: at random
// distances, since calls may come in a rhythm.
const MEAN_GAP = 8;
// The estimate starts anew after so many, so that it follows a version that has become slower or faster.
const BLOCK = 1_024;

/** Says of every latency whether it is slow, and learns from some. */
export class SlowGate {
  readonly #random: () => number;
  readonly #latencies: RunningQuantile | undefined;
  /** Of fewer latencies none is expected to be above the quantile, so they say nothing. */
  readonly #enough: number;
  readonly #block: number;
  /** A latency above is slow. */
  #limit: number;
  /** Latencies that pass before one is learned from. */
  #gap = 0;

  /** @param random numbers in [0, 1). */
  constructor(limit: SlowLimit, random: () => number) {
    const quantile = 'quantile' in limit ? limit.quantile : undefined;
    this.#random = random;
    this.#latencies = quantile === undefined ? undefined : new RunningQuantile(quantile);
    this.#enough = quantile === undefined ? 0 : Math.max(20, Math.ceil(1 / (1 - quantile)));
    this.#block = Math.max(BLOCK, 10 * this.#enough);
    this.#limit = 'ms' in limit ? limit.ms : Number.POSITIVE_INFINITY;
    if (this.#latencies === undefined) this.#gap = Number.POSITIVE_INFINITY;
  }

  /** Whether a call that took so long is slow, by what came before it. No number is never slow. */
  isSlow(latencyMs: number): boolean {
    const slow = latencyMs > this.#limit;
    if (--this.#gap < 0) this.#learn(latencyMs);
    return slow;
  }

  #learn(latencyMs: number): void {
    const latencies = this.#latencies;
    if (latencies === undefined || !(latencyMs >= 0 && latencyMs < Number.POSITIVE_INFINITY)) return;
    latencies.add(latencyMs);
    const { count } = latencies;
    if (count >= this.#enough) this.#limit = latencies.value;
    if (count === this.#block) latencies.reset();
    const known = this.#limit < Number.POSITIVE_INFINITY;
    this.#gap = known ? Math.floor(this.#random() * (2 * MEAN_GAP - 1)) : 0;
  }
}

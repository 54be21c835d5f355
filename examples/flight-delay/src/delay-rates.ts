/**
 * Delayed flights and all flights by key, older ones counting less: half as much after each half-life.
 * Time is given in whole hours and must not go back; reading and adding take constant time.
 */
export class DelayRates {
  readonly #flights: Float64Array;
  readonly #delayed: Float64Array;
  readonly #asOfHour: Int32Array;
  readonly #decayPerHour: number;

  /** `keys` is the number of keys, 0 to keys - 1. */
  constructor(keys: number, halfLifeHours: number) {
    this.#flights = new Float64Array(keys);
    this.#delayed = new Float64Array(keys);
    this.#asOfHour = new Int32Array(keys);
    this.#decayPerHour = -1 / halfLifeHours;
  }

  /** Counts one flight whose outcome is known. */
  add(key: number, delayed: boolean, hour: number): void {
    const kept = this.#kept(key, hour);
    this.#flights[key] = this.#flights[key]! * kept + 1;
    this.#delayed[key] = this.#delayed[key]! * kept + (delayed ? 1 : 0);
    this.#asOfHour[key] = hour;
  }

  /** Share of delayed flights, drawn towards `expected` as if `weight` flights with that share had been seen as well. */
  rate(key: number, expected: number, weight: number, hour: number): number {
    const kept = this.#kept(key, hour);
    return (this.#delayed[key]! * kept + weight * expected) / (this.#flights[key]! * kept + weight);
  }

  #kept(key: number, hour: number): number {
    return 2 ** ((hour - this.#asOfHour[key]!) * this.#decayPerHour);
  }
}

/** What a reservoir holds; only its size matters here. */
export type Sized = { readonly bytes: number };

/** What was in a reservoir: `items` in random order, so that any number from the front is a fair sample of `seen`. */
export type Drained<T> = { readonly items: readonly T[]; readonly seen: number; readonly evicted: number };

/**
 * A uniform sample of at most `capacity` of all that was offered since the last drain, each first let through with
 * probability `share`.
 *
 * Every offer has a random key; those with the smallest keys below `share` are kept. Keys of offers that are not kept
 * need not be drawn: how many come before the next key below the threshold is geometric. With share 1 this is Algorithm L (Li 1994,
 * "Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n)))"), whose offers without a pick cost a count and a
 * comparison. Since the keys are known, giving up the largest leaves a fair smaller sample.
 */
export class Reservoir<T extends Sized> {
  readonly #capacity: number;
  readonly #random: () => number;
  readonly #keys: Float64Array;
  readonly #items: (T | undefined)[] = [];
  #share: number;
  /** Places used of #keys; an offer that was taken but never filled has one. */
  #size = 0;
  /** Places that may be used until the next drain. */
  #room: number;
  /** A key below is kept: the share, or the largest kept one where there is no room. */
  #threshold: number;
  #seen = 0;
  /** Value of #seen at which the next offer is taken. */
  #next = 0;
  #last = 0;
  #bytes = 0;
  #evicted = 0;

  /** @param random numbers in [0, 1). */
  constructor(capacity: number, share: number, random: () => number) {
    this.#capacity = capacity;
    this.#share = share;
    this.#random = random;
    this.#keys = new Float64Array(capacity);
    this.#room = capacity;
    this.#threshold = share;
    this.#skip();
  }

  /** Offers that have a place. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of what is held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts one more and says whether it is to be kept; then `put` follows. */
  offer(): boolean {
    if (++this.#seen < this.#next) return false;
    this.#take();
    return true;
  }

  /** Fills the place that an offer has got. Without one, nothing happens. */
  put(item: T): void {
    let place = this.#last;
    // Between an offer and its item another may have come; places without an item are all alike.
    if (place >= this.#size || this.#items[place] !== undefined) place = this.#items.indexOf(undefined);
    if (place < 0) return;
    this.#items[place] = item;
    this.#bytes += item.bytes;
  }

  /**
   * Gives one up to save bytes; until the next drain the sample stays that small. To fill up again with keys below the
   * one given up would favour what comes later.
   */
  evict(): void {
    if (this.#size === 0) return;
    const place = this.#largest();
    if (this.#items[place] !== undefined) this.#evicted++;
    this.#remove(place);
    this.#room = this.#size;
    this.#aim();
  }

  /**
   * Changes the share. A smaller one holds for what is kept already; of a larger one, what came before in this interval
   * has not had the benefit, so that weights of this interval are a little off.
   */
  setShare(share: number): void {
    this.#share = share;
    while (this.#size > 0 && this.#keyAt(this.#largest()) >= share) this.#remove(this.#largest());
    this.#aim();
  }

  /** Takes what is held and starts anew. */
  drain(): Drained<T> {
    const order = this.#items.map((item, place) => ({ item, key: this.#keyAt(place) })).sort((a, b) => a.key - b.key);
    const items = order.flatMap(({ item }) => (item === undefined ? [] : [item]));
    const drained = { items, seen: this.#seen, evicted: this.#evicted };
    this.#items.length = 0;
    this.#size = 0;
    this.#room = this.#capacity;
    this.#bytes = 0;
    this.#evicted = 0;
    this.#seen = 0;
    this.#aim();
    return drained;
  }

  #take(): void {
    // Below the threshold every key is as likely.
    const key = this.#random() * this.#threshold;
    const place = this.#size === this.#room ? this.#largest() : this.#size++;
    this.#forget(place);
    this.#items[place] = undefined;
    this.#keys[place] = key;
    this.#last = place;
    this.#aim();
  }

  /** Finds the threshold and the next offer below it. */
  #aim(): void {
    const full = this.#size === this.#room;
    this.#threshold = this.#room === 0 ? 0 : full ? this.#keyAt(this.#largest()) : this.#share;
    this.#skip();
  }

  /** Draws how many offers pass before one has a key below the threshold. */
  #skip(): void {
    const threshold = this.#threshold;
    if (!(threshold > 0)) {
      this.#next = Number.POSITIVE_INFINITY;
      return;
    }
    // 1 − random is never 0; log1p(−1) is −∞, which makes the gap 0.
    const gap = threshold < 1 ? Math.floor(Math.log(1 - this.#random()) / Math.log1p(-threshold)) : 0;
    this.#next = this.#seen + 1 + gap;
  }

  #remove(place: number): void {
    this.#forget(place);
    const last = --this.#size;
    this.#items[place] = this.#items[last];
    this.#keys[place] = this.#keyAt(last);
    this.#items.length = last;
  }

  #forget(place: number): void {
    this.#bytes -= this.#items[place]?.bytes ?? 0;
  }

  #largest(): number {
    let largest = 0;
    for (let place = 1; place < this.#size; place++) if (this.#keyAt(place) > this.#keyAt(largest)) largest = place;
    return largest;
  }

  #keyAt(place: number): number {
    return this.#keys[place] ?? 0;
  }
}

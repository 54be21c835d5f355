/** Pieces of all ids read at once, about, of summaries at some kilobytes each; while they are used, as many more are on their way. */
const MAX_PIECES = 10_000;

/** How many times as long as the last the next read may be: gaps say nothing of what comes after them. */
const MOST_AT_ONCE = 8;

/** Reads the pieces of these ids in [from, to), each ascending by `start`; an id without any is not in the map. */
type Load<T> = (ids: readonly number[], from: number, to: number) => Promise<Map<number, T[]>>;

type Kept<T> = { from: number; to: number; pieces: T[] };

/** A span that is being read before it is asked for; null came where it could not be read. */
type Coming<T> = { readonly from: number; readonly to: number; readonly loaded: Promise<Map<number, T[]> | null> };

/**
 * Pieces of time of many things, asked for in spans that move forward: each is read once, many spans' worth at a time. How
 * far it reads ahead follows from how much came back, so that memory stays bounded whatever the width of the windows.
 */
export class ReadAhead<T extends { readonly start: number }> {
  readonly #load: Load<T>;
  readonly #until: number;
  readonly #gridMs: number;
  readonly #kept = new Map<number, Kept<T>>();
  /** By the ids it is of: what is asked for next by the same ones. */
  readonly #coming = new Map<string, Coming<T>>();
  #aheadMs = 0;
  #longestMs = 0;

  /** Nothing after the first multiple of `gridMs` at or after `until` is read, and ahead on multiples of it alone. */
  constructor(load: Load<T>, until: number, gridMs: number) {
    this.#load = load;
    this.#until = Math.ceil(until / gridMs) * gridMs;
    this.#gridMs = gridMs;
  }

  /** The pieces of each id in [from, to). @throws what loading throws; what lies ahead of the span never makes it fail. */
  async get(ids: readonly number[], from: number, to: number): Promise<Map<number, readonly T[]>> {
    this.#longestMs = Math.max(this.#longestMs, to - from);
    await this.#fill(ids, from, to);
    const found = new Map<number, readonly T[]>();
    for (const id of ids) {
      const { pieces } = this.#kept.get(id)!;
      found.set(id, pieces.slice(firstAt(pieces, from), firstAt(pieces, to)));
    }
    return found;
  }

  async #fill(ids: readonly number[], from: number, to: number): Promise<void> {
    const wanted = new Map<string, { ids: number[]; from: number; to: number }>();
    const want = (id: number, start: number, end: number) => {
      const key = `${start} ${end}`;
      const range = wanted.get(key) ?? { ids: [], from: start, to: end };
      range.ids.push(id);
      wanted.set(key, range);
    };
    const ahead = Math.floor((to + this.#aheadMs) / this.#gridMs) * this.#gridMs;
    const far = Math.max(to, Math.min(this.#until, ahead));
    for (const id of ids) {
      const kept = this.#kept.get(id);
      if (kept === undefined || from > kept.to || to < kept.from) {
        this.#kept.set(id, { from, to: from, pieces: [] });
        want(id, from, far);
        continue;
      }
      if (from < kept.from) want(id, from, kept.from);
      if (to > kept.to) want(id, kept.to, far);
    }
    for (const range of wanted.values()) await this.#read(range, to);
  }

  async #read({ ids, from, to }: { ids: number[]; from: number; to: number }, needed: number): Promise<void> {
    const { loaded, end } = await this.#loaded(ids, from, to, needed);
    let count = 0;
    for (const id of ids) {
      const kept = this.#kept.get(id)!;
      const pieces = loaded.get(id) ?? [];
      count += pieces.length;
      if (from < kept.from) {
        kept.pieces = [...pieces, ...kept.pieces];
        kept.from = from;
        continue;
      }
      // What no span that is still to come can reach is let go.
      const oldest = Math.max(kept.from, Math.min(from, needed - this.#longestMs));
      kept.pieces = [...kept.pieces.slice(firstAt(kept.pieces, oldest)), ...pieces];
      kept.from = oldest;
      kept.to = end;
    }
    if (end <= from) return;
    const perMs = Math.max(count, 1) / ((end - from) * ids.length);
    this.#aheadMs = Math.min(MOST_AT_ONCE * (end - from), Math.floor(MAX_PIECES / (perMs * this.#kept.size)));
    this.#expect(ids, end);
  }

  async #loaded(
    ids: readonly number[],
    from: number,
    to: number,
    needed: number,
  ): Promise<{ readonly loaded: Map<number, T[]>; readonly end: number }> {
    const coming = this.#coming.get(ids.join(' '));
    this.#coming.delete(ids.join(' '));
    if (coming !== undefined && coming.from === from && coming.to >= needed) {
      const loaded = await coming.loaded;
      if (loaded !== null) return { loaded, end: coming.to };
    }
    try {
      return { loaded: await this.#load(ids, from, to), end: to };
    } catch (error) {
      if (to <= needed) throw error;
      return { loaded: await this.#load(ids, from, needed), end: needed };
    }
  }

  /** Begins to read what is most likely asked for next. */
  #expect(ids: readonly number[], from: number): void {
    const to = Math.min(this.#until, Math.floor((from + this.#aheadMs) / this.#gridMs) * this.#gridMs);
    if (to <= from) return;
    // Whether it failed matters only to who asks for it, and then it is asked again.
    const loaded = this.#load(ids, from, to).catch(() => null);
    this.#coming.set(ids.join(' '), { from, to, loaded });
  }
}

/** Index of the first piece that starts at `time` or later. */
function firstAt(pieces: readonly { readonly start: number }[], time: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.start < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { createHash } from 'node:crypto';
import type { VersionDescription } from './batch.ts';

/** Versions remembered, at some hundred bytes each. */
const MAX_KNOWN = 50_000;

/** Event time that is covered, in ms. */
export type Span = { readonly from: number; readonly to: number };

/** What a transaction has learnt of versions; `ids` by `versionKey`, `spans` by id. */
export type LearntVersions = {
  readonly ids?: ReadonlyMap<string, number>;
  readonly spans?: ReadonlyMap<number, Span>;
  readonly described?: ReadonlyMap<string, VersionDescription>;
};

/**
 * Model versions that are known to be stored, and the event time that each is known to be seen in. A row that names one which
 * was deleted meanwhile breaks its constraint: then the commit fails, everything is forgotten, and the store is asked again.
 */
export class KnownVersions {
  readonly #capacity: number;
  readonly #ids = new Map<string, number>();
  readonly #spans = new Map<number, Span>();
  /** Of each version, by its `versionKey`, a hash of what was said of it last. */
  readonly #said = new Map<string, string>();

  constructor(capacity = MAX_KNOWN) {
    this.#capacity = capacity;
  }

  /** The id of a version by its `versionKey`; undefined where it is not known whether there is one. */
  idOf(key: string): number | undefined {
    return this.#ids.get(key);
  }

  /** Those of `spans`, by id, that reach beyond what is known to be stored. */
  beyond(spans: ReadonlyMap<number, Span>): Map<number, Span> {
    return new Map(
      [...spans].filter(([id, { from, to }]) => {
        const known = this.#spans.get(id);
        return known === undefined || from < known.from || to > known.to;
      }),
    );
  }

  /** Whether the same was the last that this process stored of a version. */
  isSaid(key: string, description: VersionDescription): boolean {
    return this.#said.get(key) === hashOf(description);
  }

  /** Takes over what was learnt in a transaction that has been committed; what has been known longest makes room. */
  adopt({ ids = new Map(), spans = new Map(), described = new Map() }: LearntVersions): void {
    for (const [key, description] of described) this.#said.set(key, hashOf(description));
    for (const [key, id] of ids) this.#ids.set(key, id);
    for (const [id, { from, to }] of spans) {
      const known = this.#spans.get(id) ?? { from, to };
      this.#spans.set(id, { from: Math.min(known.from, from), to: Math.max(known.to, to) });
    }
    shorten(this.#ids, this.#capacity);
    shorten(this.#spans, this.#capacity);
    shorten(this.#said, this.#capacity);
  }

  /** After a commit that failed, everything. */
  forget(): void {
    this.#ids.clear();
    this.#spans.clear();
    this.#said.clear();
  }
}

function hashOf(description: VersionDescription): string {
  return createHash('sha256').update(JSON.stringify(description)).digest('base64');
}

function shorten<Key>(map: Map<Key, unknown>, capacity: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= capacity) return;
    map.delete(oldest);
  }
}

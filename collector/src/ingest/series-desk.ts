import type { SeriesKind } from '@tidemark/sketch';
import type { BudgetNotices } from './budgets.ts';
import type { IngestStore, NamingTransaction, SeriesKey } from './ingest-store.ts';
import { PlacedSeries } from './placed-series.ts';

/** Fields that stand for all those beyond the budget: no agent can tell them apart from fields of that name, nor need it. */
export const OVERFLOW_FIELDS: Readonly<Partial<Record<SeriesKind, string>>> = Object.freeze({
  number: '~other numbers',
  category: '~other categories',
});

/** Series remembered, at some hundred bytes each. */
const MAX_KNOWN = 50_000;

/** Where a series of a batch goes: to its own, to that of the overflow, or nowhere. */
export type Placement = PlacedSeries | 'over-budget';

/** Gives series their place within the budget of their model version, and remembers those that are known to be stored. */
export class SeriesDesk {
  readonly #maxSeries: number;
  readonly #notices: BudgetNotices;
  readonly #known = new Map<string, PlacedSeries>();

  constructor(maxSeries: number, notices: BudgetNotices) {
    this.#maxSeries = maxSeries;
    this.#notices = notices;
  }

  /**
   * Finds or creates the series, in the order asked: in a transaction of its own, where the store has to be asked at all. A
   * series keeps the kind it was created with.
   */
  async place(store: IngestStore, keys: readonly SeriesKey[]): Promise<Placement[]> {
    const names = keys.map(nameOf);
    // All that is known, at once: while the store is asked another commit may fail, and everything be forgotten.
    const places: (Placement | undefined)[] = names.map((name) => this.#known.get(name));
    const strange = new Map<string, SeriesKey>();
    keys.forEach((key, i) => {
      if (places[i] === undefined) strange.set(names[i] as string, key);
    });
    if (strange.size === 0) return places as Placement[];
    const { found, overflow } = await store.naming(async (tx) => {
      const found = await find(tx, strange);
      const fresh = [...strange].filter(([name]) => !found.has(name));
      return { found, overflow: fresh.length === 0 ? new Map() : await this.#create(tx, fresh, found) };
    });
    this.#adopt(found);
    return names.map((name, i) => {
      const placement = places[i] ?? found.get(name) ?? overflow.get(name);
      if (placement === undefined) throw new Error('a series was neither found nor created');
      return placement;
    });
  }

  /** After a commit that failed, everything: somebody may have deleted a series. */
  forget(): void {
    this.#known.clear();
  }

  /** What has been known longest makes room. */
  #adopt(found: ReadonlyMap<string, PlacedSeries>): void {
    for (const [name, series] of found) this.#known.set(name, series);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN) return;
      this.#known.delete(oldest);
    }
  }

  /** Creates the series for which there is room, into `found`. @returns the place of the others. */
  async #create(
    tx: NamingTransaction,
    fresh: readonly (readonly [string, SeriesKey])[],
    found: Map<string, PlacedSeries>,
  ): Promise<Map<string, Placement>> {
    const used = await tx.countSeries([...new Set(fresh.map(([, key]) => key.versionId))]);
    const wanted = new Map<string, SeriesKey>();
    const homeOf = new Map<string, string | null>();
    for (const [name, key] of fresh) {
      const count = (used.get(key.versionId) ?? 0) + 1;
      used.set(key.versionId, count);
      const home = count <= this.#maxSeries ? key : overflowOf(key);
      homeOf.set(name, home === null ? null : nameOf(home));
      if (home !== null) wanted.set(nameOf(home), home);
    }
    for (const [versionId, count] of used)
      this.#notices.note('series', `model version ${versionId}`, count, this.#maxSeries);
    const created = await tx.ensureSeries([...wanted.values()]);
    const byName = new Map<string, PlacedSeries>(
      [...wanted.keys()].flatMap((name, i) =>
        created[i] === undefined ? [] : [[name, new PlacedSeries(created[i])] as const],
      ),
    );
    const others = new Map<string, Placement>();
    for (const [name, home] of homeOf) {
      const series = home === null ? undefined : byName.get(home);
      if (home === name && series !== undefined) found.set(name, series);
      else others.set(name, series ?? 'over-budget');
    }
    return others;
  }
}

/** Those of these series that are stored, by name. */
async function find(tx: NamingTransaction, keys: ReadonlyMap<string, SeriesKey>): Promise<Map<string, PlacedSeries>> {
  const stored = await tx.findSeries([...keys.values()]);
  const found = new Map<string, PlacedSeries>();
  for (const [i, name] of [...keys.keys()].entries()) {
    const series = stored[i];
    if (series !== undefined) found.set(name, new PlacedSeries(series));
  }
  return found;
}

/** Vectors of different fields have nothing in common that could be merged. */
function overflowOf({ versionId, stage, kind }: SeriesKey): SeriesKey | null {
  const field = OVERFLOW_FIELDS[kind];
  return field === undefined ? null : { versionId, stage, field, slice: '', kind };
}

function nameOf({ versionId, stage, field, slice }: SeriesKey): string {
  return `${versionId}\u0000${stage}\u0000${field}\u0000${slice}`;
}

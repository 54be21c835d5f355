import type { Summary } from '@tidemark/sketch';
import type { Series } from './series.ts';

/** Whom a window belongs to: one model version and the series it has so far. */
export type WindowOwner = { readonly model: string; readonly version: string; readonly series: readonly Series[] };

/** What holds values of a window that are not in its summaries yet. */
export type Pending = { settle(): void };

/** A value before its field has a kind: absent, or of a type that no kind takes. */
export type Undetermined = 'missing' | 'wrongType';

// Heap of a record without its summaries.
const RECORD_BYTES = 200;

/**
 * What one model version did in one half-open window [startMs, startMs + widthMs) since it was last drained.
 * A delta: two records of the same window merge into one, here or in the collector.
 */
export class WindowRecord<O extends WindowOwner = WindowOwner> {
  readonly owner: O;
  readonly startMs: number;
  readonly widthMs: number;
  /** Inferences, failed ones included. */
  rows = 0;
  /** Inferences that ended in an error. */
  errors = 0;
  /** By `Series.index`; holes where nothing was added. Hot code reads it directly. */
  readonly summaries: (Summary | undefined)[] = [];
  /** Whether it is on its way; what is added now may come too late. */
  settled = false;
  readonly #pending: Pending[] = [];
  readonly #undetermined = new Map<number, Record<Undetermined, number>>();

  constructor(owner: O, startMs: number, widthMs: number) {
    this.owner = owner;
    this.startMs = startMs;
    this.widthMs = widthMs;
  }

  get endMs(): number {
    return this.startMs + this.widthMs;
  }

  get isEmpty(): boolean {
    return this.rows === 0 && this.summaries.length === 0 && this.#undetermined.size === 0;
  }

  /** The summary of a series whose kind is known, made when first asked for. */
  summary(series: Series): Summary {
    let summary = this.summaries[series.index];
    if (summary === undefined) {
      summary = series.newSummary();
      this.summaries[series.index] = summary;
    }
    return summary;
  }

  /** Takes note of values that will be in the summaries when `pending` is settled, at the latest with the window. */
  attach(pending: Pending): void {
    this.#pending.push(pending);
  }

  /** Counts a value of a series whose kind is not known yet. */
  addUndetermined(series: Series, what: Undetermined): void {
    const counts = this.#undetermined.get(series.index) ?? { missing: 0, wrongType: 0 };
    this.#undetermined.set(series.index, counts);
    counts[what]++;
  }

  /**
   * Makes the record ready to wait: values without a kind go to the summary of their series if its kind has been
   * found since, and spare room is given up.
   * @returns inferences with a field that stays without a kind, and so cannot be sent; of several fields, the most.
   */
  settle(): number {
    this.settled = true;
    for (const pending of this.#pending.splice(0)) pending.settle();
    let lost = 0;
    for (const [index, counts] of this.#undetermined) {
      const series = this.owner.series[index];
      if (series?.kind === undefined) {
        lost = Math.max(lost, counts.missing + counts.wrongType);
        continue;
      }
      const { kinds } = this.summary(series);
      kinds.missing += counts.missing;
      kinds.wrongType += counts.wrongType;
    }
    this.#undetermined.clear();
    // A clone has no room for values to come.
    for (const [index, summary] of this.summaries.entries()) {
      if (summary !== undefined) this.summaries[index] = summary.clone();
    }
    return lost;
  }

  /** Adds a settled record of the same window and owner; `other` is not used afterwards. */
  merge(other: WindowRecord<O>): void {
    this.rows += other.rows;
    this.errors += other.errors;
    for (const [index, summary] of other.summaries.entries()) {
      if (summary === undefined) continue;
      const mine = this.summaries[index];
      if (mine === undefined) this.summaries[index] = summary;
      else mine.merge(summary);
    }
  }

  /** What there is to send of each series. */
  *entries(): Generator<{
    readonly stage: string;
    readonly field: string;
    readonly slice: string;
    readonly summary: Summary;
  }> {
    for (const [index, summary] of this.summaries.entries()) {
      const series = this.owner.series[index];
      if (summary === undefined || series === undefined) continue;
      yield { stage: series.stage, field: series.field, slice: series.slice, summary };
    }
  }

  /** Estimated heap in bytes, without what waits in blocks of columns. */
  get bytes(): number {
    let bytes = RECORD_BYTES;
    for (const summary of this.summaries) if (summary !== undefined) bytes += summary.memoryBytes;
    return bytes;
  }
}

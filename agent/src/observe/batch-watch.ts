import { monotonicMs } from '../clock.ts';
import type { Capture, Counting } from '../record/capture.ts';
import type { FieldReader, Named } from '../record/field-reader.ts';
import { MAX_PAIR_VALUES, type PairRow, type PairSeries } from '../record/pair-series.ts';
import { MAX_SAMPLED_ROWS, RowSample, xorshift } from '../record/row-sample.ts';
import { hush, shielded } from '../shield.ts';
import type { BatchShape } from './call-options.ts';
import { recordAll } from './call-readers.ts';
import type { Call, CallWatch } from './call-watch.ts';

/** What a batch watch reads of each row, and when. */
export type BatchPlan = {
  readonly counting: Counting;
  readonly before: readonly FieldReader[];
  readonly after: readonly FieldReader[];
  readonly at: (args: readonly unknown[]) => number;
  readonly shape: BatchShape;
  /** Where the pairs of its rows go. */
  readonly pairs?: PairSeries | undefined;
};

/** Rows of a call: a list of them, or how many. */
type Rows = ArrayLike<unknown> | number;
/** `looked` are the rows that are looked at; undefined for all of them. */
type BatchCall = Call & {
  readonly list: Rows;
  readonly looked: Int32Array | undefined;
  /** By row that is looked at, with holes for rows of which none are kept; undefined where no pairs are declared. */
  readonly pairs: readonly (PairRow | undefined)[] | undefined;
};

/** Sees the calls of a function that answers many inferences at once, and records each of them as a row of its own. */
export class BatchWatch implements CallWatch {
  readonly #capture: Capture;
  readonly #plan: BatchPlan;
  readonly #rows: (args: readonly unknown[]) => unknown;
  readonly #answers: (args: readonly unknown[]) => unknown;
  readonly #random = xorshift(1);
  readonly #pairs: PairSeries | undefined;

  constructor(capture: Capture, plan: BatchPlan) {
    this.#capture = capture;
    this.#plan = plan;
    this.#pairs = plan.pairs;
    const { rows, answers } = plan.shape;
    this.#rows = rows === undefined ? ([first]) => first : applied(rows);
    this.#answers = answers === undefined ? ([result]) => result : applied(answers);
  }

  begin(args: readonly unknown[]): BatchCall {
    const { before, counting, at } = this.#plan;
    const atMs = at(args);
    const list = this.#listOf(args);
    const rows = typeof list === 'number' ? list : list.length;
    const looked = this.#lookedAt(rows);
    const count = looked?.length ?? rows;
    const pairs = this.#capture.stopped ? undefined : this.#newRows(count);
    if (before.length > 0 && !this.#capture.stopped) {
      const row: unknown[] = [undefined, ...args];
      for (let k = 0; k < count; k++) {
        row[0] = rowAt(list, looked?.[k] ?? k);
        recordAll(this.#capture, counting.version, before, atMs, row, this.#pairsInto(pairs?.[k]));
      }
    }
    return { atMs, startedMs: monotonicMs(), rows, list, looked, pairs };
  }

  end(call: BatchCall, result: unknown, args: readonly unknown[]): undefined {
    const { counting } = this.#plan;
    const latencyMs = monotonicMs() - call.startedMs;
    this.#capture.finish(counting, call.atMs, call.rows, false, latencyMs);
    if (call.rows === 0 || this.#capture.stopped) return;
    this.#readAnswers(call, result, args);
    for (const pair of call.pairs ?? []) {
      if (pair !== undefined) this.#pairs?.add(this.#capture.window(counting.version, call.atMs), pair);
    }
  }

  #readAnswers(call: BatchCall, result: unknown, args: readonly unknown[]): void {
    const { after, counting } = this.#plan;
    if (after.length === 0) return;
    const answers = this.#answers([result, ...args]);
    hush(answers);
    if (!isList(answers)) {
      counting.version.losses.add(counting.version, 'extractor-failed', call.rows);
      return;
    }
    const row: unknown[] = [undefined, undefined, ...args];
    const count = call.looked?.length ?? call.rows;
    for (let k = 0; k < count; k++) {
      const i = call.looked?.[k] ?? k;
      row[0] = answers[i];
      row[1] = rowAt(call.list, i);
      recordAll(this.#capture, counting.version, after, call.atMs, row, this.#pairsInto(call.pairs?.[k]));
    }
  }

  fail(call: Call): void {
    const latencyMs = monotonicMs() - call.startedMs;
    this.#capture.finish(this.#plan.counting, call.atMs, call.rows, true, latencyMs);
  }

  lose(call: Call): void {
    const { counting } = this.#plan;
    counting.version.losses.add(counting.version, 'result-unobservable', call.rows);
    this.#capture.finish(counting, call.atMs, call.rows, false);
  }

  /** Rows for the pairs of so many inferences, or of a sample of them. */
  #newRows(count: number): (PairRow | undefined)[] | undefined {
    const pairs = this.#pairs;
    if (pairs === undefined) return undefined;
    const picked = new RowSample(this.#random).pick(count, Math.floor(MAX_PAIR_VALUES / pairs.places.length));
    const rows = new Array<PairRow | undefined>(count).fill(undefined);
    for (let i = 0; i < picked.count; i++) rows[picked.rows[i] as number] = pairs.newRow();
    return rows;
  }

  /** Puts what readers name into the row of pairs, where there is one. */
  #pairsInto(row: PairRow | undefined): ((stage: string, fields: Named) => void) | undefined {
    if (row === undefined) return undefined;
    return (stage, fields) => this.#pairs?.read(row, stage, fields);
  }

  /** A fair sample of the rows of a call that has very many; undefined for all. */
  #lookedAt(rows: number): Int32Array | undefined {
    if (rows <= MAX_SAMPLED_ROWS) return undefined;
    return new RowSample(this.#random).pick(rows, MAX_SAMPLED_ROWS).rows.subarray(0, MAX_SAMPLED_ROWS);
  }

  /** The rows of a call; of one that does not say, one row of which nothing is known. */
  #listOf(args: readonly unknown[]): Rows {
    const rows = this.#rows(args);
    if (isList(rows) || (Number.isSafeInteger(rows) && (rows as number) >= 0)) return rows as Rows;
    hush(rows);
    const { version } = this.#plan.counting;
    version.losses.add(version, 'extractor-failed');
    return [undefined];
  }
}

function applied(extract: (...args: never[]) => unknown): (args: readonly unknown[]) => unknown {
  return shielded(
    (args: readonly unknown[]) => Reflect.apply(extract, undefined, args),
    () => {},
  );
}

function rowAt(list: Rows, index: number): unknown {
  return typeof list === 'number' ? index : list[index];
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

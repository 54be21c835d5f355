import { BASELINE_SIZE_RULE, type SeriesKind, Summary } from '@tidemark/sketch';
import type { BaselineWindow } from './baseline.ts';
import { isVector } from './is-vector.ts';
import { isNumberText, numberOfText } from './number-text.ts';

/** Values looked at to tell the kind. */
const INFERENCE_VALUES = 1000;

/** The summary of one column of a file in the making, and of each of its windows where rows have a time. */
export class ColumnSummary {
  readonly #declared: SeriesKind | undefined;
  readonly #windows = new Map<number, Summary>();
  /** Runs of nulls before the kind is known: how many rows, and in which windows. */
  readonly #leading: { readonly rows: number; readonly starts: ArrayLike<number> | null }[] = [];
  #summary: Summary | null = null;

  constructor(declared: SeriesKind | undefined) {
    this.#declared = declared;
  }

  /** Counts values in; `starts` says where the window of each begins, null where rows have no time. */
  take(values: ArrayLike<unknown>, starts: ArrayLike<number> | null): void {
    if (this.#summary === null) {
      const kind = this.#declared ?? inferKind(values);
      if (kind === null) {
        this.#leading.push({ rows: values.length, starts });
        return;
      }
      this.#start(kind);
    }
    this.#fill(values, values.length, starts);
  }

  /** A column of nulls alone has no kind; it is kept as a number, so that its null share can be judged. */
  summary(): Summary {
    return this.#summary ?? this.#start(this.#declared ?? 'number');
  }

  /** Oldest first. */
  windows(): BaselineWindow[] {
    this.summary();
    return [...this.#windows].map(([start, summary]) => ({ start, summary })).sort((a, b) => a.start - b.start);
  }

  #start(kind: SeriesKind): Summary {
    const summary = new Summary(kind, { sizeRule: BASELINE_SIZE_RULE });
    this.#summary = summary;
    for (const { rows, starts } of this.#leading) this.#fill([], rows, starts);
    return summary;
  }

  /** Beyond the end of `values` are nulls. */
  #fill(values: ArrayLike<unknown>, rows: number, starts: ArrayLike<number> | null): void {
    const summary = this.summary();
    const isNumber = summary.kind === 'number';
    for (let i = 0; i < rows; i++) {
      const value = values[i];
      const read = isNumber && typeof value === 'string' ? numberOfText(value) : value;
      summary.add(read);
      if (starts !== null) this.#windowAt(starts[i]!, summary.kind).add(read);
    }
  }

  #windowAt(start: number, kind: SeriesKind): Summary {
    let window = this.#windows.get(start);
    if (window === undefined) {
      window = new Summary(kind);
      this.#windows.set(start, window);
    }
    return window;
  }
}

/** Numbers where every one of the first values that are there is or looks like one, vectors where every one is; null where none is there. */
function inferKind(values: ArrayLike<unknown>): SeriesKind | null {
  const seen = new Set<SeriesKind>();
  for (let i = 0, count = 0; i < values.length && count < INFERENCE_VALUES; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    count++;
    seen.add(kindOfValue(value));
    if (seen.size > 1 || seen.has('category')) return 'category';
  }
  const [kind = null] = seen;
  return kind;
}

function kindOfValue(value: unknown): SeriesKind {
  if (typeof value === 'number' || (typeof value === 'string' && isNumberText(value))) return 'number';
  return isVector(value) ? 'vector' : 'category';
}

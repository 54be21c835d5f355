import { BASELINE_SIZE_RULE, type SeriesKind, Summary } from '@tidemark/sketch';
import { numberOfText } from './number-text.ts';
import type { ColumnFile } from './read-file.ts';

/**
 * One column of a file, read: the summary that a baseline of it would have and, where they were asked for, all its values
 * as they went in there, nulls and values of a wrong type among them.
 */
export type ReadColumn = { readonly summary: Summary; readonly raw: readonly unknown[] | null };

/** Reads columns of a file in one pass, each as the kind that is given for it; with `exact` all values are held in memory, equal texts once. */
export async function readColumns(
  file: ColumnFile,
  kinds: ReadonlyMap<string, SeriesKind>,
  exact: boolean,
): Promise<Map<string, ReadColumn>> {
  if (kinds.size === 0) return new Map();
  const columns = new Map([...kinds].map(([name, kind]) => [name, new ColumnReader(kind, exact)]));
  for await (const { column, values } of file.chunks([...kinds.keys()])) columns.get(column)?.take(values);
  return new Map([...columns].map(([name, { summary, raw }]) => [name, { summary, raw }]));
}

class ColumnReader {
  readonly summary: Summary;
  readonly raw: unknown[] | null;
  readonly #texts = new Map<string, string>();

  constructor(kind: SeriesKind, exact: boolean) {
    this.summary = new Summary(kind, { sizeRule: BASELINE_SIZE_RULE });
    this.raw = exact ? [] : null;
  }

  take(values: ArrayLike<unknown>): void {
    const isNumber = this.summary.kind === 'number';
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      const read = isNumber && typeof value === 'string' ? numberOfText(value) : value;
      this.summary.add(read);
      this.raw?.push(typeof read === 'string' ? this.#once(read) : read);
    }
  }

  #once(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }
}

import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import type { ComparedKind } from './common-kind.ts';
import { numberOfText } from './number-text.ts';
import { RawColumn, type RawValues } from './raw-values.ts';
import type { ColumnFile } from './read-file.ts';

/** One column of a file, read: the summary that a baseline of it would have, and its raw values where they were asked for. */
export type ReadColumn = { readonly summary: Summary; readonly raw: RawValues | null };

/** Reads columns of a file in one pass, each as the kind that is given for it; with `exact` all their values are held in memory. */
export async function readColumns(
  file: ColumnFile,
  kinds: ReadonlyMap<string, ComparedKind>,
  exact: boolean,
): Promise<Map<string, ReadColumn>> {
  if (kinds.size === 0) return new Map();
  const columns = new Map(
    [...kinds].map(([name, kind]) => {
      const summary = new Summary(kind, { sizeRule: BASELINE_SIZE_RULE });
      return [name, { summary, raw: exact ? new RawColumn(kind) : null }];
    }),
  );
  for await (const { column, values } of file.chunks([...kinds.keys()])) {
    const { summary, raw } = columns.get(column)!;
    const isNumber = summary.kind === 'number';
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      const read = isNumber && typeof value === 'string' ? numberOfText(value) : value;
      summary.add(read);
      raw?.add(read);
    }
  }
  return new Map([...columns].map(([name, { summary, raw }]) => [name, { summary, raw: raw?.values() ?? null }]));
}

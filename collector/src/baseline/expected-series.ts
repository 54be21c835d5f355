import { seriesKey } from './baseline.ts';
import { targetOfColumn } from './column-name.ts';
import type { ExpectedSeries } from './create.ts';

/** What the store knows of a model version: the fields it declares, and the series that were seen while it served. */
export type KnownSeries = { readonly declared: readonly ExpectedSeries[]; readonly seen: readonly ExpectedSeries[] };

/** Stages that go into a model. The data it was trained on has them; what comes out of it is there only if somebody ran it. */
const FED_STAGES: ReadonlySet<string> = new Set(['input', 'feature']);

/**
 * The series that a baseline file of the version has to have, or has and must read alike: everything declared that
 * goes into the model (everything seen, where nothing is declared), and of the rest what the file has a column for.
 * With `partial`, only what the file has a column for. Vectors are asked of no file: most cannot hold them.
 */
export function expectedSeries(known: KnownSeries, columns: readonly string[], partial = false): ExpectedSeries[] {
  const keyOf = ({ stage, field }: { stage: string; field: string }) => seriesKey(stage, field);
  const present = new Set(columns.map((column) => keyOf(targetOfColumn(column))));
  const isFed = ({ stage }: ExpectedSeries) => FED_STAGES.has(stage);
  const fed = known.declared.some(isFed) ? known.declared.filter(isFed) : known.seen.filter(isFed);
  const expected = new Map(partial ? [] : fed.filter(({ kind }) => kind !== 'vector').map((one) => [keyOf(one), one]));
  // Declared kinds come last, so that they win over those seen.
  for (const one of [...known.seen, ...known.declared]) if (present.has(keyOf(one))) expected.set(keyOf(one), one);
  return [...expected.values()].map(({ stage, field, kind }) => ({ stage, field, kind }));
}

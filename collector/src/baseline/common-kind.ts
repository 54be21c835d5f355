import type { SeriesKind } from '@tidemark/sketch';
import type { ColumnSurvey } from './survey-columns.ts';

/** The kind that a column is read as on both sides, what forbids to compare it, or null, and whether that is a change of kind. */
export type CommonKind = { readonly kind: SeriesKind; readonly fault: string | null; readonly isChanged: boolean };

/** A reference is of numbers up to this share of what is none: a few faults do not make it a category, codes with leading zeros do. The same of vectors. */
const FAULTS = 0.05;

/**
 * The one kind of a column of two files. The reference decides: it is of numbers where at least 95 % of its values look like
 * numbers, of vectors where at least 95 % are, else of categories; one without values leaves it to the live side. The live
 * side can contradict: where most of its values are not of the kind of the reference, or all are numbers beside a reference
 * of text that has none, the column has changed its kind and no score means anything. `settled` is a kind that was asked for, on
 * both sides.
 */
export function commonKind(reference: ColumnSurvey, live: ColumnSurvey, settled: SeriesKind | null = null): CommonKind {
  const kind = settled ?? kindOf(valuesOf(reference) === 0 ? live : reference);
  const absence = absenceOf(reference, live);
  if (absence !== null || settled !== null) return { kind, fault: absence, isChanged: false };
  const change = changeOf(kind, reference, live);
  return { kind, fault: change, isChanged: change !== null };
}

/** What one side alone would be read as; numbers where it has no values, as in a baseline. */
export function kindOf(survey: ColumnSurvey): SeriesKind {
  const faults = FAULTS * valuesOf(survey);
  if (survey.others + survey.vectors <= faults) return 'number';
  return survey.others + survey.numbers <= faults ? 'vector' : 'category';
}

function absenceOf(reference: ColumnSurvey, live: ColumnSurvey): string | null {
  const [before, now] = [valuesOf(reference), valuesOf(live)];
  if (before === 0 && now === 0) return 'it has no values in either file';
  if (before === 0) return 'it has no values in REF';
  return now === 0 ? 'it has no values in LIVE' : null;
}

function changeOf(kind: SeriesKind, reference: ColumnSurvey, live: ColumnSurvey): string | null {
  const values = valuesOf(live);
  const none = (count: number, example: string | null) =>
    `${count} of ${values} values in LIVE are none, such as ${example}`;
  if (kind === 'number' && 2 * live.numbers < values)
    return `it is of numbers in REF, but ${none(values - live.numbers, live.notNumber)}`;
  if (kind === 'vector' && 2 * live.vectors < values)
    return `it is of vectors in REF, but ${none(values - live.vectors, live.notVector)}`;
  if (kind === 'category' && reference.numbers === 0 && live.numbers === values)
    return `it is of text in REF, such as ${reference.notNumber}, but of numbers in LIVE`;
  return null;
}

function valuesOf({ numbers, vectors, others }: ColumnSurvey): number {
  return numbers + vectors + others;
}

import type { SeriesKind } from '@tidemark/sketch';
import type { ColumnSurvey } from './survey-columns.ts';

/** Kinds that two files can be compared in. */
export type ComparedKind = Exclude<SeriesKind, 'vector'>;

/** The kind that a column is read as on both sides, what forbids to compare it, or null, and whether that is a change of kind. */
export type CommonKind = { readonly kind: ComparedKind; readonly fault: string | null; readonly isChanged: boolean };

/** A reference is of numbers up to this share of others: a few faults do not make it a category, codes with leading zeros do. */
const OTHERS_IN_NUMBERS = 0.05;

/**
 * The one kind of a column of two files. The reference decides: it is of numbers where at least 95 % of its values look like
 * numbers, else of categories; one without values leaves it to the live side. The live side can contradict: where
 * most of its values are no numbers beside a reference of numbers, or all are numbers beside a reference that has none,
 * the column has changed its kind and no score means anything. `isCategory` settles it: categories on both sides.
 */
export function commonKind(reference: ColumnSurvey, live: ColumnSurvey, isCategory = false): CommonKind {
  const kind = isCategory ? 'category' : kindOf(valuesOf(reference) === 0 ? live : reference);
  const absence = absenceOf(reference, live);
  if (absence !== null || isCategory) return { kind, fault: absence, isChanged: false };
  const change = changeOf(kind, reference, live);
  return { kind, fault: change, isChanged: change !== null };
}

/** What one side alone would be read as; numbers where it has no values, as in a baseline. */
export function kindOf(survey: ColumnSurvey): ComparedKind {
  return survey.others <= OTHERS_IN_NUMBERS * valuesOf(survey) ? 'number' : 'category';
}

function absenceOf(reference: ColumnSurvey, live: ColumnSurvey): string | null {
  const [before, now] = [valuesOf(reference), valuesOf(live)];
  if (before === 0 && now === 0) return 'it has no values in either file';
  if (before === 0) return 'it has no values in REF';
  return now === 0 ? 'it has no values in LIVE' : null;
}

function changeOf(kind: ComparedKind, reference: ColumnSurvey, live: ColumnSurvey): string | null {
  if (kind === 'number' && live.others > live.numbers) {
    const text = `${live.others} of ${valuesOf(live)} values in LIVE are none, such as ${JSON.stringify(live.example)}`;
    return `it is of numbers in REF, but ${text}`;
  }
  if (kind === 'category' && reference.numbers === 0 && live.others === 0)
    return `it is of text in REF, such as ${JSON.stringify(reference.example)}, but of numbers in LIVE`;
  return null;
}

function valuesOf({ numbers, others }: ColumnSurvey): number {
  return numbers + others;
}

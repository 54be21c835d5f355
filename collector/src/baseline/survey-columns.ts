import { isVector } from './is-vector.ts';
import { isNumberText, numberOfText } from './number-text.ts';
import type { ColumnFile } from './read-file.ts';

const MAX_EXAMPLE = 40;

/** What the values of one column look like. Missing ones, NaNs and infinities say nothing and are in none of the counts. */
export type ColumnSurvey = {
  /** Numbers, and texts that look like a quantity. */
  numbers: number;
  /** Lists of numbers. */
  vectors: number;
  /** Everything else: texts, codes such as `00501`, booleans, other lists. */
  others: number;
  /** The first that is no number, and the first that is no vector, for people. */
  notNumber: string | null;
  notVector: string | null;
};

/** What the named columns of a file look like, and how many rows it has. Reads the file once. */
export async function surveyColumns(
  file: ColumnFile,
  columns: readonly string[],
): Promise<{ readonly rows: number; readonly surveys: ReadonlyMap<string, ColumnSurvey> }> {
  const surveys = new Map(columns.map((column) => [column, emptySurvey()]));
  let rows = 0;
  for await (const { column, firstRow, values } of file.chunks(columns)) {
    const survey = surveys.get(column);
    if (survey !== undefined) for (let i = 0; i < values.length; i++) look(survey, values[i]);
    rows = Math.max(rows, firstRow + values.length);
  }
  return { rows, surveys };
}

function emptySurvey(): ColumnSurvey {
  return { numbers: 0, vectors: 0, others: 0, notNumber: null, notVector: null };
}

function look(survey: ColumnSurvey, value: unknown): void {
  if (value === null || value === undefined) return;
  const number = typeof value === 'string' && isNumberText(value) ? numberOfText(value) : value;
  if (typeof number === 'number' && !Number.isFinite(number)) return;
  const isNumber = typeof number === 'number' || typeof number === 'bigint';
  const isList = !isNumber && isVector(value);
  if (isNumber) survey.numbers++;
  else if (isList) survey.vectors++;
  else survey.others++;
  if (!isNumber) survey.notNumber ??= exampleOf(value);
  if (!isList) survey.notVector ??= exampleOf(value);
}

/** The beginning of a value, as it is written. */
function exampleOf(value: unknown): string {
  const text = JSON.stringify(typeof value === 'bigint' ? String(value) : value);
  return text.length <= MAX_EXAMPLE ? text : `${text.slice(0, MAX_EXAMPLE)}…`;
}

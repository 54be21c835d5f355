import { isNumberText, numberOfText } from './number-text.ts';
import type { ColumnFile } from './read-file.ts';

/** What the values of one column look like. Missing ones, NaNs and infinities say nothing and are in none of the counts. */
export type ColumnSurvey = {
  /** Numbers, and texts that look like a quantity. */
  numbers: number;
  /** Everything else: texts, codes such as `00501`, booleans, lists. */
  others: number;
  /** The first of the others, for people. */
  example: string | null;
};

/** What the named columns of a file look like, and how many rows it has. Reads the file once. */
export async function surveyColumns(
  file: ColumnFile,
  columns: readonly string[],
): Promise<{ readonly rows: number; readonly surveys: ReadonlyMap<string, ColumnSurvey> }> {
  const surveys = new Map(columns.map((column) => [column, { numbers: 0, others: 0, example: null }]));
  let rows = 0;
  for await (const { column, firstRow, values } of file.chunks(columns)) {
    const survey = surveys.get(column);
    if (survey !== undefined) for (let i = 0; i < values.length; i++) look(survey, values[i]);
    rows = Math.max(rows, firstRow + values.length);
  }
  return { rows, surveys };
}

function look(survey: ColumnSurvey, value: unknown): void {
  if (value === null || value === undefined) return;
  const number = typeof value === 'string' && isNumberText(value) ? numberOfText(value) : value;
  if (typeof number === 'bigint' || Number.isFinite(number)) survey.numbers++;
  else if (typeof number !== 'number') {
    survey.others++;
    survey.example ??= (typeof value === 'object' ? JSON.stringify(value) : String(value)).slice(0, 40);
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { numberOfText } from '../../../../collector/src/baseline/number-text.ts';
import { readFile } from '../../../../collector/src/baseline/read-file.ts';
import { surveyColumns } from '../../../../collector/src/baseline/survey-columns.ts';

/** One column of a file: numbers (or a text that is none), or texts; a missing value is null. */
export type TableColumn = {
  readonly name: string;
  readonly kind: 'number' | 'category';
  readonly values: readonly (number | string | null)[];
};
export type Table = { readonly rows: number; readonly columns: readonly TableColumn[] };

const FOLDER = process.env.TIDEMARK_TEST_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));

/** Whether the file is on this machine. */
export function isThere(file: string): boolean {
  return existsSync(join(FOLDER, file));
}

/** A whole file; a column all of whose values look like quantities holds numbers. */
export async function readTable(file: string): Promise<Table> {
  const opened = await readFile(join(FOLDER, file));
  const { rows, surveys } = await surveyColumns(opened, opened.columns);
  const columns = new Map(
    opened.columns.map((name) => {
      const { numbers, others } = surveys.get(name)!;
      const kind = numbers > 0 && others === 0 ? 'number' : 'category';
      return [name, { name, kind, values: [] as (number | string | null)[] } as const];
    }),
  );
  for await (const { column, values } of opened.chunks()) {
    const into = columns.get(column)!;
    for (let i = 0; i < values.length; i++) {
      const cell = values[i] as string | null;
      into.values.push(cell === null || into.kind === 'category' ? cell : numberOfText(cell));
    }
  }
  return { rows, columns: [...columns.values()] };
}

/** Some rows of a table, in the order in which they are named. */
export function rowsOf({ columns }: Table, rows: readonly number[]): Table {
  return {
    rows: rows.length,
    columns: columns.map((column) => ({ ...column, values: rows.map((row) => column.values[row]!) })),
  };
}

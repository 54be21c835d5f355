import { createHash } from 'node:crypto';
import type { Database, Queryable } from '../database.ts';
import { inTransaction } from '../in-transaction.ts';
import { readMigrations } from '../migrations.ts';
import { readSchemaState } from '../schema-state.ts';
import { type ExportEnd, type ExportHeader, FORMAT, FORMAT_VERSION, type Progress } from './export-format.ts';
import { writeLines } from './line-file.ts';
import { listTables, quoteName, readSequences, type Table } from './tables.ts';

/** Rows asked for at once: rows have kilobytes, so this many have about a megabyte. */
const ROWS_AT_ONCE = 200;

/** Ways of writing values that give every one back as it was, whatever the server is set to. */
const TEXT_FORMS = [
  `set local bytea_output = 'hex'`,
  `set local datestyle = 'ISO, YMD'`,
  `set local intervalstyle = 'postgres'`,
  `set local timezone = 'UTC'`,
  'set local extra_float_digits = 1',
];

/** What was written: bytes of the file, and rows by table. */
export type ExportReport = { readonly file: string; readonly bytes: number; readonly rows: Record<string, number> };

export type MoveOptions = {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Writes everything that is in a store, as it is at this moment, into `file`. It needs the memory of some rows, and
 * changes nothing; collectors may run meanwhile, and what they store later is not in the file.
 * @throws what the database or the disk threw; then there is no file.
 */
export function exportStore(database: Database, file: string, options: MoveOptions = {}): Promise<ExportReport> {
  const { onProgress = () => undefined, signal } = options;
  const exportIn = async (tx: Queryable): Promise<ExportReport> => {
    const rows: Record<string, number> = {};
    const { bytes } = await writeLines(file, exportLines(tx, database.kind, rows, onProgress), signal);
    return { file, bytes, rows };
  };
  return database.session((session) =>
    // One snapshot for all tables, so that no row refers to one that is not there.
    inTransaction(session, exportIn, 'begin isolation level repeatable read read only'),
  );
}

async function* exportLines(
  tx: Queryable,
  source: Database['kind'],
  rows: Record<string, number>,
  onProgress: (progress: Progress) => void,
): AsyncGenerator<string, void, void> {
  const hash = createHash('sha256');
  const hashed = (text: string) => {
    hash.update(text);
    return text;
  };
  for (const form of TEXT_FORMS) await tx.query(form);
  const tables = await listTables(tx);
  yield hashed(`${JSON.stringify(await describe(tx, source, tables))}\n`);
  for (const table of tables) {
    yield hashed(`${JSON.stringify({ table: table.name })}\n`);
    rows[table.name] = 0;
    for await (const lines of tableLines(tx, table)) {
      rows[table.name] = (rows[table.name] ?? 0) + lines.length;
      onProgress({ table: table.name, rows: rows[table.name] ?? 0, of: null });
      yield hashed(`${lines.join('\n')}\n`);
    }
  }
  // Read after the rows: sequences know no snapshot, and a number too many does no harm.
  const end: ExportEnd = { end: { rows, sequences: await readSequences(tx), sha256: hash.digest('hex') } };
  yield `${JSON.stringify(end)}\n`;
}

async function describe(tx: Queryable, source: Database['kind'], tables: readonly Table[]): Promise<ExportHeader> {
  const { applied } = await readSchemaState(tx, await readMigrations());
  return {
    format: FORMAT,
    format_version: FORMAT_VERSION,
    exported_at: new Date().toISOString(),
    source,
    migrations: applied.map(({ version, checksum }) => ({ version, checksum })),
    tables,
  };
}

async function* tableLines(tx: Queryable, { name, columns }: Table): AsyncGenerator<string[], void, void> {
  const texts = columns.map((column) => `${quoteName(column.name)}::text`).join(', ');
  await tx.query(
    `declare exported no scroll cursor for select array_to_json(array[${texts}])::text as line from ${quoteName(name)}`,
  );
  for (;;) {
    const rows = await tx.query<{ line: string }>(`fetch ${ROWS_AT_ONCE} from exported`);
    if (rows.length === 0) break;
    yield rows.map(({ line }) => line);
  }
  await tx.query('close exported');
}

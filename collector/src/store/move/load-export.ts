import { CollectorError, messageOf } from '../../errors.ts';
import type { Queryable } from '../database.ts';
import type { Progress } from './export-format.ts';
import { readLines } from './line-file.ts';
import { listTables, quoteName, readSequences, type Sequence, type Table } from './tables.ts';
import type { VerifiedExport } from './verify-export.ts';

/** One statement takes this many rows or characters, whichever is less. */
const ROWS_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 4 * 1024 * 1024;
/** A store that has a row in one of these has been in use. */
const USED = ['collector', 'model_version'];
/** Nobody should be at work in an empty store. */
const LOCK_TIMEOUT_MS = 3_000;

/** A table of the store that the rows of one of the file go into. */
type Target = Table & {
  /** Rows that migrations have put there: the file's take their place. */
  readonly seeded: boolean;
};

/**
 * Puts the rows and sequences of a verified file into a store of the same tables, inside a transaction of the caller's.
 * @throws {CollectorError} `STORE_NOT_EMPTY`, or `EXPORT_INVALID` where the tables are not those of the file.
 */
export async function loadExport(
  tx: Queryable,
  file: string,
  { header, end }: VerifiedExport,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const targets = await prepareTargets(tx, header.tables);
  let table: Table | undefined;
  let lines: string[] = [];
  let characters = 0;
  let done = 0;
  const store = async () => {
    if (table === undefined || lines.length === 0) return;
    await insertRows(tx, targets.get(table.name) as Target, table, lines);
    done += lines.length;
    onProgress({ table: table.name, rows: done, of: end.rows[table.name] ?? null });
    lines = [];
    characters = 0;
  };
  let isFirst = true;
  for await (const line of readLines(file)) {
    const text = line.toString();
    if (text.startsWith('[')) {
      lines.push(text);
      characters += text.length;
      if (lines.length >= ROWS_AT_ONCE || characters >= CHARACTERS_AT_ONCE) await store();
    } else if (!isFirst) {
      await store();
      const { table: next } = JSON.parse(text) as { table?: string };
      table = header.tables.find(({ name }) => name === next);
      done = 0;
    }
    isFirst = false;
  }
  await checkCounts(tx, end.rows);
  await moveSequences(tx, end.sequences);
}

async function prepareTargets(tx: Queryable, wanted: readonly Table[]): Promise<Map<string, Target>> {
  const found = new Map((await listTables(tx)).map((table) => [table.name, table]));
  const missing = wanted.flatMap(({ name, columns }) => {
    const there = found.get(name)?.columns.map((column) => column.name) ?? [];
    return columns.filter((column) => !there.includes(column.name)).map((column) => `${name}.${column.name}`);
  });
  if (missing.length > 0) {
    const text = `the store has nothing for these columns of the file: ${missing.join(', ')}. Are they of something else than Tidemark?`;
    throw new CollectorError('EXPORT_INVALID', text);
  }
  // Whoever comes now, also a collector that starts, waits and finds the store as it was moved.
  await tx.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const names = [...found.keys()].map(quoteName).join(', ');
  await tx.query(`lock table ${names} in share row exclusive mode`).catch((error: unknown) => {
    const text = `somebody is at work in the store: ${messageOf(error)}. Stop the collectors on it; nothing was changed.`;
    throw new CollectorError('STORE_NOT_EMPTY', text, { cause: error });
  });
  const targets = new Map<string, Target>();
  for (const table of found.values()) {
    const seeded = (await tx.query(`select 1 from ${quoteName(table.name)} limit 1`)).length > 0;
    if (seeded && USED.includes(table.name)) throw notEmpty([table.name]);
    targets.set(table.name, { ...table, seeded });
  }
  return targets;
}

async function insertRows(tx: Queryable, target: Target, { columns }: Table, lines: readonly string[]): Promise<void> {
  const typeOf = new Map(target.columns.map(({ name, type }) => [name, type]));
  const names = columns.map(({ name }) => quoteName(name));
  const values = columns.map(({ name }, i) => `(r->>${i})::${typeOf.get(name)}`);
  await tx.query(
    `insert into ${quoteName(target.name)} (${names.join(', ')}) overriding system value
     select ${values.join(', ')} from jsonb_array_elements($1::text::jsonb) as e (r) ${target.seeded ? replacing(target) : ''}`,
    [`[${lines.join(',')}]`],
  );
}

function replacing({ columns, key }: Target): string {
  const rest = columns.map(({ name }) => name).filter((name) => !key.includes(name));
  const changes = rest.map((name) => `${quoteName(name)} = excluded.${quoteName(name)}`).join(', ');
  return `on conflict (${key.map(quoteName).join(', ')}) do ${rest.length === 0 ? 'nothing' : `update set ${changes}`}`;
}

/** Each table has as many rows as the file: neither has the file lost one, nor has the store had one of its own. */
async function checkCounts(tx: Queryable, rows: Readonly<Record<string, number>>): Promise<void> {
  const odd: string[] = [];
  for (const { name } of await listTables(tx)) {
    const [row] = await tx.query<{ n: number }>(`select count(*) as n from ${quoteName(name)}`);
    if (row?.n !== (rows[name] ?? 0)) odd.push(name);
  }
  if (odd.length > 0) throw notEmpty(odd);
}

/** No number is given out again: neither one of the file nor one that the store has given out itself. */
async function moveSequences(tx: Queryable, moved: readonly Sequence[]): Promise<void> {
  const now = new Map((await readSequences(tx)).map((one) => [`${one.table}.${one.column}`, one]));
  for (const { table, column, value, called } of moved) {
    const own = now.get(`${table}.${column}`);
    if (own === undefined || BigInt(own.value) > BigInt(value)) continue;
    const isCalled = called || (own.value === value && own.called);
    await tx.query(`select setval(pg_get_serial_sequence($1, $2), $3::text::int8, $4)`, [
      quoteName(table),
      column,
      value,
      isCalled,
    ]);
  }
}

function notEmpty(tables: readonly string[]): CollectorError {
  return new CollectorError(
    'STORE_NOT_EMPTY',
    `the store is not empty: it has rows of its own in ${tables.join(', ')}. Nothing was changed. ` +
      'Import into a new database, or into a new directory with data_dir; two stores cannot be put together.',
  );
}

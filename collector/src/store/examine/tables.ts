import type { Queryable } from '../database.ts';
import { listTables, quoteName, readSequences } from '../move/tables.ts';

/** Tables in which this user may not read, insert, update and delete. */
export async function listForbiddenTables(db: Queryable): Promise<string[]> {
  const tables = await listTables(db);
  const forbidden: string[] = [];
  for (const { name } of tables) {
    const [row] = await db.query<{ allowed: boolean }>(
      `select has_table_privilege($1, 'select') and has_table_privilege($1, 'insert')
         and has_table_privilege($1, 'update') and has_table_privilege($1, 'delete') as allowed`,
      [quoteName(name)],
    );
    if (row?.allowed !== true) forbidden.push(name);
  }
  return forbidden;
}

/** Columns that count by themselves and would give out a number that is there already, such as `series.id`. */
export async function listSequencesBehind(db: Queryable): Promise<string[]> {
  const behind: string[] = [];
  for (const { table, column, value, called } of await readSequences(db)) {
    const [row] = await db.query<{ newest: string | null }>(
      `select max(${quoteName(column)})::text as newest from ${quoteName(table)}`,
    );
    const next = BigInt(value) + (called ? 1n : 0n);
    if (row !== undefined && row.newest !== null && BigInt(row.newest) >= next) behind.push(`${table}.${column}`);
  }
  return behind;
}

/** Indexes that are half built, as a crash leaves them, and constraints that old rows were not held against. */
export async function listInvalidObjects(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `select 'index ' || c.relname as name from pg_index join pg_class c on c.oid = indexrelid
     where not indisvalid and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
     union all
     select 'constraint ' || conname from pg_constraint
     where not convalidated and connamespace = (select oid from pg_namespace where nspname = current_schema())
     order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** Rows of a table by the server's own estimate; `dead` ones wait for a vacuum. */
export type TableRows = { readonly name: string; readonly live: number; readonly dead: number };

/** Rows that live and rows that are dead, by table. */
export function readTableRows(db: Queryable): Promise<TableRows[]> {
  return db.query<TableRows>(
    `select relname as name, n_live_tup as live, n_dead_tup as dead from pg_stat_user_tables
     where schemaname = current_schema() order by n_dead_tup desc`,
  );
}

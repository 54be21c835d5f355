import type { Queryable } from '../database.ts';

/** A column as the catalogue has it; `type` in the words of SQL. */
export type Column = { readonly name: string; readonly type: string };

/** A table whose rows are moved. `key` are the columns of its primary key. */
export type Table = { readonly name: string; readonly columns: readonly Column[]; readonly key: readonly string[] };

/** Where the numbers of a column that counts by itself have got to; `value` in decimal, beyond 2^53 too. */
export type Sequence = {
  readonly table: string;
  readonly column: string;
  readonly value: string;
  /** Whether `value` itself has been given out. */
  readonly called: boolean;
};

/**
 * Every table of the schema but the list of migrations, those that others refer to before those that refer to them.
 * Tables of extensions, and the parts of partitioned tables and hypertables, are not ours to move by themselves.
 */
export async function listTables(db: Queryable): Promise<Table[]> {
  const rows = await db.query<Table & { refers_to: string[] }>(
    `select c.relname as name,
       (select jsonb_agg(jsonb_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) order by attnum)
        from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
       coalesce((select jsonb_agg(attname order by attnum) from pg_index
         join pg_attribute on attrelid = indrelid and attnum = any(indkey)
         where indrelid = c.oid and indisprimary), '[]') as key,
       coalesce((select jsonb_agg(distinct t.relname) from pg_constraint join pg_class t on t.oid = confrelid
         where conrelid = c.oid and contype = 'f' and confrelid <> c.oid), '[]') as refers_to
     from pg_class c
     where relnamespace = (select oid from pg_namespace where nspname = current_schema())
       and relkind in ('r', 'p') and not relispartition and relname <> 'schema_migration'
       and not exists (select 1 from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
     order by c.relname`,
  );
  const ordered: Table[] = [];
  const waiting = new Map(rows.map((row) => [row.name, row]));
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ refers_to }) => !refers_to.some((name) => waiting.has(name)));
    if (ready.length === 0) throw new Error(`these tables refer to each other: ${[...waiting.keys()].join(', ')}`);
    for (const { name, columns, key } of ready) {
      waiting.delete(name);
      ordered.push({ name, columns, key });
    }
  }
  return ordered;
}

/** The sequences behind columns of the schema. */
export async function readSequences(db: Queryable): Promise<Sequence[]> {
  const owned = await db.query<{ sequence: string; table: string; column: string }>(
    `select s.oid::regclass::text as sequence, t.relname as table, attname as column
     from pg_class s
     join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i') and d.refobjsubid > 0
     join pg_class t on t.oid = d.refobjid join pg_attribute on attrelid = t.oid and attnum = d.refobjsubid
     where s.relkind = 'S' and s.relnamespace = (select oid from pg_namespace where nspname = current_schema())
     order by 2, 3`,
  );
  const sequences: Sequence[] = [];
  for (const { sequence, table, column } of owned) {
    const [row] = await db.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${sequence}`,
    );
    if (row !== undefined) sequences.push({ table, column, ...row });
  }
  return sequences;
}

/** A name as SQL takes it, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

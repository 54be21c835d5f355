import type { Queryable } from './database.ts';
import type { Migration } from './migrations.ts';

/** A migration that is in the database; `applied_at` in ms. */
export type AppliedMigration = {
  readonly version: number;
  readonly applied_at: number;
  /** Of the text that was applied; null where a program did it that kept none. */
  readonly checksum: string | null;
};

/** What a database has of the migrations of a program. */
export type SchemaState = {
  readonly applied: readonly AppliedMigration[];
  /** Not in the database yet. */
  readonly pending: readonly Migration[];
  /** Versions that only another, newer program knows. */
  readonly unknown: readonly number[];
  /** In the database, but with another text than this program has. */
  readonly edited: readonly Migration[];
};

/** Compares a database with `migrations`, changing nothing. */
export async function readSchemaState(db: Queryable, migrations: readonly Migration[]): Promise<SchemaState> {
  const applied = await selectApplied(db);
  const known = new Set(migrations.map(({ version }) => version));
  const done = new Map(applied.map((one) => [one.version, one]));
  return {
    applied,
    pending: migrations.filter(({ version }) => !done.has(version)),
    unknown: applied.map(({ version }) => version).filter((version) => !known.has(version)),
    edited: migrations.filter(({ version, checksum }) => (done.get(version)?.checksum ?? checksum) !== checksum),
  };
}

async function selectApplied(db: Queryable): Promise<AppliedMigration[]> {
  const [columns] = await db.query<{ n: number }>(
    `select count(*) as n from pg_attribute
     where attrelid = to_regclass('schema_migration') and attname in ('version', 'checksum') and not attisdropped`,
  );
  if (columns === undefined || columns.n === 0) return [];
  const checksum = columns.n === 2 ? 'checksum' : 'null::text as checksum';
  return db.query<AppliedMigration>(`select version, applied_at, ${checksum} from schema_migration order by version`);
}

import { CollectorError, messageOf } from '../errors.ts';
import type { Database, Queryable } from './database.ts';
import { inTransaction } from './in-transaction.ts';
import { type LockPatience, withMigrationLock } from './migration-lock.ts';
import { MIGRATIONS, type Migration, readMigrations } from './migrations.ts';
import { readSchemaState, type SchemaState } from './schema-state.ts';

/** Longer than the migrations of a young store take; whoever waits in vain is told for whom. */
const LOCK_PATIENCE_MS = 60_000;

/** What a migration run did: versions before and after, the files that were applied and those with another text than was applied. */
export type MigrationReport = {
  readonly from: number;
  readonly to: number;
  readonly applied: readonly string[];
  readonly edited: readonly string[];
};

export type MigrateOptions = Partial<LockPatience> & {
  /** Instead of the migrations of this program. */
  readonly directory?: URL;
  /** Applies these versions alone. */
  readonly only?: ReadonlySet<number>;
};

/**
 * Brings the database to this program's schema, one numbered file after the other, each in its own transaction together
 * with its row in `schema_migration`; where a file refuses transactions, statement by statement, and its row when all are
 * done. Safe when several programs start at once, and after a crash anywhere.
 * A file that was edited after it was applied is reported and does not hold up the start: what it says now is in no
 * database, and a monitor that is off because of a changed comment watches nothing.
 * @throws {CollectorError} `DATABASE_NEWER` if a newer program has been here, `MIGRATION_LOCKED` if another program is at
 * it for too long, `MIGRATION_FAILED` naming the file.
 */
export async function migrate(database: Database, options: MigrateOptions = {}): Promise<MigrationReport> {
  const { directory = MIGRATIONS, only, patienceMs = LOCK_PATIENCE_MS, onWait = () => undefined } = options;
  const migrations = await readMigrations(directory);
  const wanted = ({ pending }: SchemaState) => pending.filter(({ version }) => only?.has(version) ?? true);
  const before = await readSchemaState(database, migrations);
  refuseNewer(before, migrations);
  if (wanted(before).length === 0 && before.applied.every(({ checksum }) => checksum !== null)) {
    return report(before, before, []);
  }
  return database.session((session) =>
    withMigrationLock(session, { patienceMs, onWait }, async () => {
      await prepare(session, migrations);
      // Another program may have done some of it while this one waited.
      const now = await readSchemaState(session, migrations);
      refuseNewer(now, migrations);
      for (const migration of wanted(now)) await apply(session, migration);
      return report(before, await readSchemaState(session, migrations), wanted(now));
    }),
  );
}

/** @throws {CollectorError} `DATABASE_NEWER` where the database has migrations that are not among `migrations`. */
export function refuseNewer({ applied, unknown }: SchemaState, migrations: readonly Migration[]): void {
  if (unknown.length === 0) return;
  throw new CollectorError(
    'DATABASE_NEWER',
    `the database is at schema ${applied.at(-1)?.version}, with migrations that this program does not have (${unknown.join(', ')}); ` +
      `it knows ${migrations.at(-1)?.version ?? 0}. Start the newer program, or use another database.`,
  );
}

/** Makes the table of applied migrations, or adds what an earlier program did not keep there. Repeatable. */
async function prepare(session: Queryable, migrations: readonly Migration[]): Promise<void> {
  await inTransaction(session, async (tx) => {
    await tx.query(
      'create table if not exists schema_migration (version int primary key, applied_at timestamptz not null default now())',
    );
    await tx.query('alter table schema_migration add column if not exists checksum text');
    for (const { version, checksum } of migrations) {
      await tx.query('update schema_migration set checksum = $2 where version = $1 and checksum is null', [
        version,
        checksum,
      ]);
    }
  });
}

async function apply(session: Queryable, migration: Migration): Promise<void> {
  const run = async (on: Queryable) => {
    for (const statement of migration.statements) await on.query(statement);
    await on.query('insert into schema_migration (version, checksum) values ($1, $2)', [
      migration.version,
      migration.checksum,
    ]);
  };
  try {
    if (migration.transactional) await inTransaction(session, (tx) => withLockTimeout(tx, run));
    else await run(session);
  } catch (error) {
    const kept = migration.transactional ? 'nothing of it was kept' : 'it will be done again from its beginning';
    throw new CollectorError('MIGRATION_FAILED', `migration ${migration.name} failed, ${kept}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Whoever waits for a table holds up everybody who comes after; better to fail and to be started again. */
async function withLockTimeout(tx: Queryable, run: (on: Queryable) => Promise<void>): Promise<void> {
  await tx.query(`set local lock_timeout = ${LOCK_PATIENCE_MS}`);
  await run(tx);
}

function report(before: SchemaState, after: SchemaState, applied: readonly Migration[]): MigrationReport {
  const newest = ({ applied: done }: SchemaState) => done.at(-1)?.version ?? 0;
  const nameOf = ({ name }: Migration) => name;
  return { from: newest(before), to: newest(after), applied: applied.map(nameOf), edited: after.edited.map(nameOf) };
}

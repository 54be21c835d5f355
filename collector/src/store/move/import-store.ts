import { CollectorError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Database } from '../database.ts';
import { inTransaction } from '../in-transaction.ts';
import { migrate } from '../migrate.ts';
import { readMigrations } from '../migrations.ts';
import { migrateStore } from '../open.ts';
import { readSchemaState } from '../schema-state.ts';
import { useTimescale } from '../timescale.ts';
import type { MoveOptions } from './export-store.ts';
import { loadExport } from './load-export.ts';
import { type VerifiedExport, verifyExport } from './verify-export.ts';

/** What was read: rows by table, and the schema of the file and of the store now. */
export type ImportReport = {
  readonly file: string;
  readonly rows: Readonly<Record<string, number>>;
  readonly schema: { readonly file: number; readonly store: number };
};

/**
 * Puts an exported store into an empty database, all of it or nothing. A file of an older program goes into the tables of
 * its time, which are then migrated as any store is.
 * @throws {CollectorError} `EXPORT_INVALID`, `STORE_NOT_EMPTY`, `DATABASE_NEWER`, or `SCHEMA_MISMATCH` where the database is already
 * further than the file.
 */
export async function importStore(
  database: Database,
  file: string,
  log: Logger,
  { onProgress = () => undefined, signal }: MoveOptions = {},
): Promise<ImportReport> {
  const verified = await verifyExport(file);
  await makeTables(database, file, verified);
  await database.session(async (session) => {
    await inTransaction(session, (tx) =>
      loadExport(tx, file, verified, (progress) => {
        signal?.throwIfAborted();
        onProgress(progress);
      }),
    );
    // A planner that knows nothing of what has come would read whole tables.
    await session.query('analyze');
  });
  const { to } = await migrateStore(database, log);
  await useTimescale(database);
  const { migrations } = verified.header;
  return { file, rows: verified.end.rows, schema: { file: migrations.at(-1)?.version ?? 0, store: to } };
}

/** Brings an empty database to the schema of the file. */
async function makeTables(database: Database, file: string, { header }: VerifiedExport): Promise<void> {
  const ours = await readMigrations();
  const only = new Set(header.migrations.map(({ version }) => version));
  const unknown = [...only].filter((version) => !ours.some((migration) => migration.version === version));
  if (unknown.length > 0) {
    const text = `${file} was written by a newer program, with migrations that this one does not have (${unknown.join(', ')}). Import it with that program.`;
    throw new CollectorError('DATABASE_NEWER', text);
  }
  const { applied } = await readSchemaState(database, ours);
  const further = applied.map(({ version }) => version).filter((version) => !only.has(version));
  if (further.length > 0) {
    throw new CollectorError(
      'SCHEMA_MISMATCH',
      `${file} is of schema ${header.migrations.at(-1)?.version ?? 0}, the database has migrations beyond that already (${further.join(', ')}). ` +
        'Import into a database without any tables; they are made as the file needs them, and migrated then.',
    );
  }
  await migrate(database, { only });
  // Rows that go straight into their chunks need not be moved there; of older tables nobody knows yet which will have chunks.
  if (ours.every(({ version }) => only.has(version))) await useTimescale(database);
}

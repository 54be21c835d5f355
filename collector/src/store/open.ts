import type { Config } from '../config.ts';
import { CollectorError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from './database.ts';
import { EmbeddedDatabase, hasEmbeddedDatabase } from './embedded.ts';
import { type MigrationReport, migrate } from './migrate.ts';
import { PostgresDatabase } from './postgres.ts';
import { useTimescale } from './timescale.ts';

/** Opens the store that the settings name and brings it to this program's schema. */
export async function openStore(config: Pick<Config, 'databaseUrl' | 'dataDir'>, log: Logger): Promise<Database> {
  const database = await openDatabase(config, log);
  try {
    await migrateStore(database, log);
    const timescale = await useTimescale(database, log);
    log.info({ kind: database.kind, timescale }, 'store is open');
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Brings an open store to this program's schema and says what it did. */
export async function migrateStore(database: Database, log: Logger): Promise<MigrationReport> {
  const onWait = (holder: string) => log.info({ holder }, 'waiting for another program that is migrating the store');
  const report = await migrate(database, { onWait });
  const { from, to, applied, edited } = report;
  if (applied.length > 0) log.info({ from, to, applied }, 'migrated the store');
  if (edited.length > 0) {
    log.warn({ edited }, 'the store was made by other texts of these migrations than this program has; it may differ');
  }
  return report;
}

/** Opens the store that the settings name as it is. */
export async function openDatabase(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  log: Logger,
): Promise<Database> {
  if (databaseUrl !== null) {
    return PostgresDatabase.connect(databaseUrl, (error) =>
      log.warn({ reason: error.message }, 'lost an idle connection'),
    );
  }
  log.warn(
    `embedded database in ${dataDir}: one process at a time; what is stored survives the end of this process, also kill -9, but a power ` +
      'cut or a crash of the machine may take the last seconds or damage the database. For more, set database_url (tidemark export moves everything)',
  );
  return EmbeddedDatabase.open(dataDir);
}

/**
 * Opens the store that the settings name as it is, where there is one.
 * @throws {CollectorError} `USAGE` where there is no embedded database in the directory; none is made.
 */
export async function openExisting(config: Pick<Config, 'databaseUrl' | 'dataDir'>, log: Logger): Promise<Database> {
  if (config.databaseUrl === null && !(await hasEmbeddedDatabase(config.dataDir))) {
    const text = `there is no store in ${config.dataDir}: name its directory with data_dir, or a database with database_url`;
    throw new CollectorError('USAGE', text);
  }
  return openDatabase(config, log);
}

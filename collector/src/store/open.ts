import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Database } from './database.ts';
import { EmbeddedDatabase } from './embedded.ts';
import { migrate } from './migrate.ts';
import { PostgresDatabase } from './postgres.ts';
import { useTimescale } from './timescale.ts';

/** Opens the store that the settings name and brings it to this program's schema. */
export async function openStore(config: Pick<Config, 'databaseUrl' | 'dataDir'>, log: Logger): Promise<Database> {
  const database = await open(config, log);
  try {
    const { from, to, applied } = await migrate(database);
    if (applied.length > 0) log.info({ from, to, applied }, 'migrated the store');
    const hypertables = await useTimescale(database);
    log.info({ kind: database.kind, hypertables }, 'store is open');
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function open({ databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>, log: Logger): Promise<Database> {
  if (databaseUrl !== null) {
    return PostgresDatabase.connect(databaseUrl, (error) =>
      log.warn({ reason: error.message }, 'lost an idle connection'),
    );
  }
  log.warn(
    `embedded database in ${dataDir}: one process at a time, and the last seconds before a power cut may be lost`,
  );
  return EmbeddedDatabase.open(dataDir);
}

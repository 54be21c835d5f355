import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { hasEmbeddedDatabase } from './embedded.ts';
import { readMigrations } from './migrations.ts';
import { openDatabase } from './open.ts';
import { readSchemaState, type SchemaState } from './schema-state.ts';

/** Compares the store that the settings name with this program's migrations. It changes nothing and makes no store. */
export async function checkSchema(config: Pick<Config, 'databaseUrl' | 'dataDir'>, log: Logger): Promise<SchemaState> {
  const migrations = await readMigrations();
  if (config.databaseUrl === null && !(await hasEmbeddedDatabase(config.dataDir))) {
    return { applied: [], pending: migrations, unknown: [], edited: [] };
  }
  const database = await openDatabase(config, log);
  return readSchemaState(database, migrations).finally(() => database.close());
}

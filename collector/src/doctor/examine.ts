import { type Config, loadConfig } from '../config.ts';
import { CollectorError, messageOf } from '../errors.ts';
import { createLog } from '../log.ts';
import type { Database } from '../store/database.ts';
import { hasEmbeddedDatabase } from '../store/embedded.ts';
import { readLock } from '../store/lock.ts';
import { readMigrations } from '../store/migrations.ts';
import { openDatabase } from '../store/open.ts';
import { readSchemaState } from '../store/schema-state.ts';
import { type Finding, fine, runChecks, skipChecks, skipped, type Verdict, wrong } from './check.ts';
import { MACHINE_CHECKS } from './machine-checks.ts';
import { SERVER_CHECKS } from './server-checks.ts';
import { STORE_CHECKS } from './store-checks.ts';

/** What to examine and how far. `now` is this machine's clock, in ms. */
export type Examination = {
  readonly configFile: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly isDeep: boolean;
  readonly now: () => number;
};

/** Looks at everything, changing nothing: each finding, in the order of the way from the settings to the rows. */
export async function examine({ configFile, env, isDeep, now }: Examination): Promise<Finding[]> {
  const settings = await loadConfig(configFile, env).catch((error: unknown) => {
    if (error instanceof CollectorError) return error;
    throw error;
  });
  if (settings instanceof CollectorError) {
    const why = 'the settings cannot be read';
    const advice = 'Correct the settings; the README has a table of them.';
    const finding = { name: 'settings', ...wrong(settings.message), advice };
    return [finding, ...skipChecks(MACHINE_CHECKS, why), ...skipDatabase(skipped(why))];
  }
  const machine = await runChecks(MACHINE_CHECKS, { config: settings, env });
  const read = { name: 'settings', ...fine('can be read'), advice: null };
  return [read, ...machine, ...(await examineDatabase(settings, { isDeep, now }))];
}

async function examineDatabase(config: Config, how: Pick<Examination, 'isDeep' | 'now'>): Promise<Finding[]> {
  const absent = config.databaseUrl === null ? await whyNotEmbedded(config.dataDir) : null;
  if (absent !== null) return skipDatabase(absent);
  let database: Database;
  try {
    database = await openDatabase(config, createLog('silent'));
  } catch (error) {
    return skipDatabase(wrong(messageOf(error)));
  }
  try {
    const open = { name: 'database', ...fine(`answers (${database.kind})`), advice: null };
    const server = await runChecks(SERVER_CHECKS, { database, now: how.now });
    const { pending, unknown } = await readSchemaState(database, await readMigrations());
    if (pending.length + unknown.length > 0) {
      return [open, ...server, ...skipChecks(STORE_CHECKS, 'the store is not at the schema of this program')];
    }
    return [open, ...server, ...(await runChecks(STORE_CHECKS, { database, ...how }))];
  } finally {
    await database.close();
  }
}

/** Why an embedded store is not opened, where it is not. */
async function whyNotEmbedded(directory: string): Promise<Verdict | null> {
  const holder = await readLock(directory);
  if (holder?.isAlive === true) {
    return skipped(
      `process ${holder.pid} on ${holder.host} has the embedded store, and no second one may: stop it to have the store looked at`,
    );
  }
  return (await hasEmbeddedDatabase(directory)) ? null : skipped('there is no embedded store yet');
}

function skipDatabase(verdict: Verdict): Finding[] {
  const isWrong = verdict.state === 'wrong';
  const advice = isWrong ? 'Start the database, or correct database_url or data_dir; the rest needs it.' : null;
  const why = isWrong ? 'the database cannot be opened' : verdict.detail;
  return [
    { name: 'database', ...verdict, advice },
    ...skipChecks(SERVER_CHECKS, why),
    ...skipChecks(STORE_CHECKS, why),
  ];
}

import { type Access, openAccess } from '../../../collector/src/access/access.ts';
import { CurrentSettings } from '../../../collector/src/agent-settings/current-settings.ts';
import { RuleTrials } from '../../../collector/src/alerting/trials/rule-trials.ts';
import { ApiServer } from '../../../collector/src/api/server.ts';
import { OutcomeDesk } from '../../../collector/src/ingest/outcome-desk.ts';
import { createLog } from '../../../collector/src/log.ts';
import { createSettingsStore } from '../../../collector/src/store/agent-settings.ts';
import { createApiReader } from '../../../collector/src/store/api-reader.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { createSpanStore } from '../../../collector/src/store/span-store.ts';
import { Health } from '../../../collector/src/telemetry/health.ts';
import { ANY_TIME, HOUR, PROJECT, T0 } from '../../support/batches.ts';

const DAY = 24 * HOUR;
const KEPT_FOR = { minutes: 14 * DAY, hours: 400 * DAY, days: Infinity, events: 30 * DAY };

/** Asks the API; with a body it is sent as JSON, unless it is text already. */
export type Ask = (
  path: string,
  method?: string,
  body?: unknown,
  authorization?: string,
) => Promise<{ status: number; body: unknown }>;

/** Runs `work` against an API on this database, whose clock stands at `T0`; trials of rules may take `limitMs`. */
export async function withApi(
  database: Database,
  work: (ask: Ask, url: string) => Promise<void>,
  health?: Health,
  access?: Access,
  limitMs = 30_000,
): Promise<void> {
  const log = createLog('silent');
  const healthy = new Health(
    () => database.query('select 1'),
    () => ({ ok: true, detail: 'up to date' }),
  );
  const storeOf = (projectId: number) =>
    createSpanStore(database, projectId, { keptFor: KEPT_FOR, time: 'data', publicUrl: null });
  const trials = new RuleTrials(storeOf, { limitMs });
  const api = await ApiServer.create('127.0.0.1:0', {
    source: (projectId) => createApiReader(database, projectId),
    access: access ?? openAccess(PROJECT),
    outcomes: new OutcomeDesk(createIngestStore(database, 1), () => ({ ...ANY_TIME, newest: T0 })),
    settings: new CurrentSettings(createSettingsStore(database), log),
    rules: trials,
    health: health ?? healthy,
    clock: { now: () => T0 },
    log,
    metrics: { metricsText: async () => '' },
  });
  await api.start();
  const url = `http://127.0.0.1:${api.port}`;
  try {
    await work(async (path, method = 'GET', body, authorization) => {
      const type = path === '/api/v1/rules/check' ? 'application/yaml' : 'application/json';
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': type }),
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const isJson = response.headers.get('content-type')?.startsWith('application/json');
      return { status: response.status, body: await (isJson ? response.json() : response.text()) };
    }, url);
  } finally {
    await trials.stop();
    await api.stop();
  }
}

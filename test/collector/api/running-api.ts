import { CurrentSettings } from '../../../collector/src/agent-settings/current-settings.ts';
import { ApiServer } from '../../../collector/src/api/server.ts';
import { OutcomeDesk } from '../../../collector/src/ingest/outcome-desk.ts';
import { createLog } from '../../../collector/src/log.ts';
import { createSettingsStore } from '../../../collector/src/store/agent-settings.ts';
import { createApiReader } from '../../../collector/src/store/api-reader.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { Health } from '../../../collector/src/telemetry/health.ts';
import { ANY_TIME, T0 } from '../../support/batches.ts';

/** Asks the API; with a body it is sent as JSON, unless it is text already. */
export type Ask = (path: string, method?: string, body?: unknown) => Promise<{ status: number; body: unknown }>;

/** Runs `work` against an API on this database, whose clock stands at `T0`. */
export async function withApi(database: Database, work: (ask: Ask) => Promise<void>, health?: Health): Promise<void> {
  const log = createLog('silent');
  const healthy = new Health(
    () => database.query('select 1'),
    () => ({ ok: true, detail: 'up to date' }),
  );
  const api = await ApiServer.create('127.0.0.1:0', {
    source: createApiReader(database),
    outcomes: new OutcomeDesk(createIngestStore(database, 1), () => ({ ...ANY_TIME, newest: T0 })),
    settings: new CurrentSettings(createSettingsStore(database), log),
    health: health ?? healthy,
    clock: { now: () => T0 },
    log,
  });
  await api.start();
  try {
    await work(async (path, method = 'GET', body) => {
      const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : {
              headers: { 'content-type': 'application/json' },
              body: typeof body === 'string' ? body : JSON.stringify(body),
            }),
      });
      return { status: response.status, body: await response.json() };
    });
  } finally {
    await api.stop();
  }
}

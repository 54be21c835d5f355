import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { CollectorProcess } from '../../examples/flight-delay/src/collector-process.ts';
import { createTestStore } from './database.ts';

/** The real collector in a process and on a database of its own, both gone after the test; and a directory to use. */
export async function startTestCollector(t: TestContext): Promise<{ collector: CollectorProcess; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-system-'));
  const store = await createTestStore();
  const settings = {
    DATABASE_URL: store.databaseUrl ?? '',
    TIDEMARK_DATA_DIR: store.dataDir,
    TIDEMARK_GRPC: '127.0.0.1:0',
    TIDEMARK_HTTP: '127.0.0.1:0',
    TIDEMARK_TIME: 'data',
  };
  const collector = new CollectorProcess(settings, join(directory, 'collector.log'));
  t.after(async () => {
    await collector.stop();
    await store.remove();
    await rm(directory, { recursive: true, force: true });
  });
  await collector.start();
  return { collector, directory };
}

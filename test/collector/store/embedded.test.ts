import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { EmbeddedDatabase } from '../../../collector/src/store/embedded.ts';

/** Every worker thread that is started from here on. */
async function withWorkers(work: (workers: Worker[], directory: string) => Promise<void>): Promise<void> {
  const workers: Worker[] = [];
  const note = (worker: Worker) => workers.push(worker);
  process.on('worker', note);
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-embedded-'));
  try {
    await work(workers, directory);
  } finally {
    process.off('worker', note);
    await rm(directory, { recursive: true, force: true });
  }
}

describe('the embedded database', () => {
  test('starts a fresh engine when its thread has died, and keeps nothing of the transaction it died in', () =>
    withWorkers(async (workers, directory) => {
      const database = await EmbeddedDatabase.open(directory);
      try {
        await database.query('create table kept (n int)');
        await database.query('insert into kept values (1)');
        const broken = database.transaction(async (tx) => {
          await tx.query('insert into kept values (2)');
          await workers[0]?.terminate();
          await tx.query('insert into kept values (3)');
        });
        await assert.rejects(broken, /the embedded database has ended/);
        assert.deepEqual(await database.query('select n from kept'), [{ n: 1 }]);
        await database.transaction((tx) => tx.query('insert into kept values (4)'));
        assert.deepEqual(await database.query('select n from kept order by n'), [{ n: 1 }, { n: 4 }]);
      } finally {
        await database.close();
      }
    }));

  test('answers nothing once it is closed, and may be closed twice', () =>
    withWorkers(async (_workers, directory) => {
      const database = await EmbeddedDatabase.open(directory);
      await database.close();
      await database.close();
      await assert.rejects(database.query('select 1'), /is closed/);
    }));

  test('says what is wrong with a data directory that is a file', () =>
    withWorkers(async (_workers, directory) => {
      const file = join(directory, 'file');
      await writeFile(file, '');
      await assert.rejects(EmbeddedDatabase.open(file), { code: 'DATA_DIRECTORY_INVALID', message: /data_dir/ });
    }));
});

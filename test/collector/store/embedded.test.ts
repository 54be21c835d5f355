import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { EmbeddedDatabase } from '../../../collector/src/store/embedded.ts';
import { EMBEDDED_ONLY } from '../../support/database.ts';

const MODULE = new URL('../../../collector/src/store/embedded.ts', import.meta.url).href;
// No `--input-type`: the engine's thread would inherit it and refuse it.
const FLAGS = ['--conditions=tidemark-source', '--disable-warning=ExperimentalWarning'];

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

describe('the embedded database', EMBEDDED_ONLY, () => {
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

  test('is refused to a second process while a first one writes, and has every row of it when that is killed', () =>
    withWorkers(async (_workers, directory) => {
      const code = `import { EmbeddedDatabase } from ${JSON.stringify(MODULE)};
        const database = await EmbeddedDatabase.open(${JSON.stringify(directory)});
        await database.query('create table written (n int primary key)');
        for (let n = 0; ; n++) {
          await database.query('insert into written values ($1)', [n]);
          console.log(n);
        }`;
      const writer = spawn(process.execPath, [...FLAGS, '-e', code], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const died = once(writer, 'exit');
      try {
        let acknowledged = -1;
        for await (const line of createInterface({ input: writer.stdout })) {
          acknowledged = Number(line);
          if (acknowledged % 50 === 0) {
            await assert.rejects(EmbeddedDatabase.open(directory), {
              code: 'DATA_DIRECTORY_LOCKED',
              message: new RegExp(`in use by process ${writer.pid} `),
            });
          }
          // What is still in the pipe when it dies has been acknowledged too, and is read to its end.
          if (acknowledged >= 200) writer.kill('SIGKILL');
        }
        // Its pipe closes a moment before it is gone.
        await died;
        const database = await EmbeddedDatabase.open(directory);
        const written = database.query<{ n: number }>('select n from written order by n');
        const rows = await written.finally(() => database.close());
        assert.ok(rows.length > acknowledged, `${rows.length} rows, ${acknowledged} was the last acknowledged`);
        assert.deepEqual(
          rows.map(({ n }) => n),
          rows.map((_row, i) => i),
        );
      } finally {
        writer.kill('SIGKILL');
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

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { lockDirectory } from '../../../collector/src/store/lock.ts';

const LOCK_MODULE = new URL('../../../collector/src/store/lock.ts', import.meta.url).href;

async function directoryFor(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-lock-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('the lock of a data directory', () => {
  test('is refused to a second process, which is told who holds it', async (t) => {
    const directory = await directoryFor(t);
    const code = `import { lockDirectory } from ${JSON.stringify(LOCK_MODULE)};
      await lockDirectory(${JSON.stringify(directory)}); console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    await assert.rejects(lockDirectory(directory), {
      code: 'DATA_DIRECTORY_LOCKED',
      message: new RegExp(`in use by process ${holder.pid} `),
    });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = await lockDirectory(directory);
    await lock.release();
    assert.deepEqual(await readdir(directory), []);
  });

  test('is refused to a second opening in the same process', async (t) => {
    const directory = await directoryFor(t);
    const lock = await lockDirectory(directory);
    await assert.rejects(lockDirectory(directory), { code: 'DATA_DIRECTORY_LOCKED' });
    await lock.release();
    await (await lockDirectory(directory)).release();
  });

  test('is taken over from a process of an earlier start of the machine that had our number', async (t) => {
    const directory = await directoryFor(t);
    const stale = { pid: process.pid, started: 'another-boot:1', host: hostname(), token: 'old' };
    await writeFile(join(directory, 'tidemark.lock'), JSON.stringify(stale));
    await (await lockDirectory(directory)).release();
  });

  test('is taken over where a crash left it half-written', async (t) => {
    const directory = await directoryFor(t);
    await writeFile(join(directory, 'tidemark.lock'), '{"pid":');
    await (await lockDirectory(directory)).release();
  });

  test('goes to one of many that try at once', async (t) => {
    const directory = await directoryFor(t);
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
    assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { EMBEDDED_ONLY } from '../../support/database.ts';

const MODULE = new URL('../../../collector/src/store/embedded.ts', import.meta.url).href;
const FLAGS = ['--conditions=tidemark-source', '--disable-warning=ExperimentalWarning'];

/** Makes every write of the engine's thread trap while a file is there. */
const trapWhile = (flag: string) => `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  import { isMainThread } from 'node:worker_threads';
  if (!isMainThread) {
    const { writeSync, existsSync } = fs;
    fs.writeSync = (...args) => {
      if (existsSync(${JSON.stringify(flag)})) throw new WebAssembly.RuntimeError('unreachable');
      return writeSync(...args);
    };
    syncBuiltinESMExports();
  }`;

const program = (directory: string, flag: string) => `
  import { rmSync, writeFileSync } from 'node:fs';
  import { EmbeddedDatabase } from ${JSON.stringify(MODULE)};
  const database = await EmbeddedDatabase.open(${JSON.stringify(directory)});
  await database.query('create table t (n int)');
  await database.query('insert into t values (1)');
  writeFileSync(${JSON.stringify(flag)}, '');
  const failed = [
    database.transaction((tx) => tx.query('insert into t values (2)')),
    database.transaction((tx) => tx.query('insert into t values (3)')),
  ];
  const first = await failed[0].then(() => 'kept', (error) => error.message);
  rmSync(${JSON.stringify(flag)});
  const second = await failed[1].then(() => 'kept', (error) => error.message);
  await database.transaction((tx) => tx.query('insert into t values (4)'));
  const rows = await database.query('select n from t order by n');
  await database.close();
  console.log(JSON.stringify({ first, second, rows }));`;

test(
  'an engine that traps ends with all that it was asked, and the next turn has a fresh one',
  EMBEDDED_ONLY,
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-trap-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const flag = join(folder, 'trap');
    const [preload, main] = [join(folder, 'preload.mjs'), join(folder, 'main.mjs')];
    await writeFile(preload, trapWhile(flag));
    await writeFile(main, program(join(folder, 'data'), flag));
    const child = spawn(process.execPath, [...FLAGS, `--import=${preload}`, main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      signal: AbortSignal.any([t.signal, AbortSignal.timeout(60_000)]),
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    assert.equal(code, 0);
    const { first, second, rows } = JSON.parse(output);
    assert.match(first, /the embedded database has ended/);
    assert.match(second, /^kept$|the embedded database has ended/);
    assert.deepEqual(
      rows.map(({ n }: { n: number }) => n),
      second === 'kept' ? [1, 3, 4] : [1, 4],
    );
  },
);

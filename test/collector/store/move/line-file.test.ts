import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { readLines, writeLines } from '../../../../collector/src/store/move/line-file.ts';

const MODULE = new URL('../../../../collector/src/store/move/line-file.ts', import.meta.url).href;

async function directoryFor(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-lines-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function* each(chunks: readonly string[]): AsyncGenerator<string, void, void> {
  yield* chunks;
}

async function linesOf(file: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(file)) lines.push(line.toString());
  return lines;
}

describe('a file of lines', () => {
  test('gives back what was written, whatever is in a line and however long it is', async (t) => {
    const file = join(await directoryFor(t), 'lines.gz');
    const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '\u2028\r'));
    const long = fc
      .tuple(line, fc.integer({ min: 0, max: 100_000 }))
      .map(([text, n]) => text.repeat(Math.min(n, 100_000 / (text.length + 1))));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(line, long), { maxLength: 20 }), async (lines) => {
        await writeLines(file, each(lines.map((one) => `${one}\n`)));
        assert.deepEqual(await linesOf(file), lines);
        await rm(file);
      }),
      { numRuns: 30 },
    );
  });

  test('can be read by its owner alone', async (t) => {
    const file = join(await directoryFor(t), 'lines.gz');
    const { bytes } = await writeLines(file, each(['a\n']));
    const { mode, size } = await stat(file);
    assert.deepEqual([mode & 0o777, size], [0o600, bytes]);
  });

  test('is not there when what it is made of fails, or somebody stops it', async (t) => {
    const directory = await directoryFor(t);
    const file = join(directory, 'lines.gz');
    async function* failing() {
      yield 'a\n';
      throw new Error('the database is away');
    }
    await assert.rejects(writeLines(file, failing()), /the database is away/);
    const controller = new AbortController();
    async function* stopped() {
      for (;;) {
        yield 'a\n';
        controller.abort(new Error('somebody stopped it'));
      }
    }
    await assert.rejects(writeLines(file, stopped(), controller.signal), /somebody stopped it/);
    assert.deepEqual(await readdir(directory), []);
    await assert.rejects(writeLines(join(directory, 'absent/lines.gz'), each(['a\n'])), {
      code: 'EXPORT_FAILED',
      message: /^cannot write .*lines\.gz: ENOENT/,
    });
  });

  test('is not there where the disk takes no more', async (t) => {
    if (process.platform === 'win32') return t.skip('needs a shell that can limit the size of files');
    const directory = await directoryFor(t);
    const code = `import { writeLines } from ${JSON.stringify(MODULE)};
      async function* endless() { for (;;) yield String(Math.random()).repeat(100) + '\\n'; }
      await writeLines(process.argv[1], endless()).catch((error) => console.log(error.code, error.message));`;
    const limited = ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, '-e', code, join(directory, 'lines.gz')];
    const { stdout } = await promisify(execFile)('sh', limited);
    assert.match(stdout, /^EXPORT_FAILED cannot write .*lines\.gz: EFBIG/);
    assert.deepEqual(await readdir(directory), []);
  });

  test('is not there under its name when the process that writes it is killed', async (t) => {
    const directory = await directoryFor(t);
    const code = `import { writeLines } from ${JSON.stringify(MODULE)};
      async function* endless() { for (;;) { yield Math.random() + '\\n'; console.log('.'); } }
      await writeLines(${JSON.stringify(join(directory, 'lines.gz'))}, endless());`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => void child.kill('SIGKILL'));
    for await (const _ of child.stdout) if ((await readdir(directory)).length > 0) break;
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.deepEqual(await readdir(directory), [`lines.gz.partial-${child.pid}`]);
  });
});

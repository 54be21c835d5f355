import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROTO = join(ROOT, 'proto');
const PROGRAMS = join(ROOT, 'node_modules/.bin');

test('the generated code is what the .proto files say now', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-generate-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await promisify(execFile)(join(PROGRAMS, 'buf'), ['generate', '--output', folder], {
    cwd: PROTO,
    env: { ...process.env, PATH: `${PROGRAMS}${delimiter}${process.env.PATH}` },
  });
  const fresh = await contentsOf(join(folder, 'src/gen'));
  assert.ok(fresh.size >= 4, `buf wrote ${fresh.size} files`);
  assert.deepEqual(await contentsOf(join(PROTO, 'src/gen')), fresh, 'run `npm run generate`');
});

async function contentsOf(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

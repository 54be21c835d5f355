import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What a test brings in, or asks for, that has a database behind it. */
const MEETS_A_DATABASE = /support\/(database|test-collector|own-cluster|lifecycle)\.ts|env\.DATABASE_URL/;

test('npm run test:database runs every test that meets a database', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const patterns = (scripts['test:database'] ?? '').split(' ').map((word) => word.replaceAll('"', ''));
  const run = new Set(
    patterns.filter((word) => word.startsWith('test/')).flatMap((one) => globSync(one, { cwd: ROOT })),
  );
  const met = globSync('test/**/*.test.ts', { cwd: ROOT }).filter((file) =>
    MEETS_A_DATABASE.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  assert.ok(met.length > 40, `expected many such tests, found ${met.length}`);
  assert.deepEqual(
    met.filter((file) => !run.has(file)).map((file) => relative('.', file)),
    [],
  );
});

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { baselineCreate } from '../../../collector/src/commands/baseline-create.ts';
import { rulesCheck } from '../../../collector/src/commands/rules-check.ts';
import { rulesInfer } from '../../../collector/src/commands/rules-infer.ts';
import { createTestStore, type TestStore } from '../../support/database.ts';
import { inProcess } from './in-process.ts';
import { folderWith, settingsFor } from './program.ts';

let store: TestStore;
before(async () => {
  store = await createTestStore();
});
after(() => store.remove());

/** Two weeks of 600 rows a day; `season` is another number in the second week. */
const ROWS = Array.from({ length: 14 * 600 }, (_, i) => {
  const day = Math.floor(i / 600);
  return `2026-03-${String(day + 1).padStart(2, '0')},${i % 97},${day < 7 ? i % 50 : 100 + (i % 50)},${i % 3 ? 'ATL' : 'ORD'}`;
});

describe('tidemark rules infer', () => {
  test('prints rules that rules check takes, with a threshold of its own for what wanders', async (t) => {
    const folder = await folderWith(t, { 'train.csv': `day,steady,season,origin\n${ROWS.join('\n')}\n` });
    const settings = settingsFor(store);
    const names = ['--model', 'm', '--version', '1', '--name', 'training'];
    const from = ['--from', join(folder, 'train.csv'), '--time', 'day', '--window', '24h'];
    await inProcess(baselineCreate, [...names, ...from], settings);
    const { code, stdout } = await inProcess(rulesInfer, ['training'], settings);
    assert.equal(code, 0);
    assert.match(stdout, /"season": \{ fire: "> /);
    assert.ok(!stdout.includes('"steady"'), stdout);
    const file = join(folder, 'rules.yaml');
    await writeFile(file, stdout);
    assert.equal((await inProcess(rulesCheck, [file])).code, 0);
  });

  test('says which baselines there are not', async () => {
    await assert.rejects(
      inProcess(rulesInfer, ['trainin'], settingsFor(store)),
      /there is no baseline trainin.*training/,
    );
  });
});

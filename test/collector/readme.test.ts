import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { SETTINGS } from '../../collector/src/settings.ts';
import { settingsTable } from '../../collector/src/settings-table.ts';

const README = new URL('../../README.md', import.meta.url);
const BLOCK = /<!-- settings -->\n+([\s\S]*?)\n+<!-- \/settings -->/;

describe('the table of settings', () => {
  test('has a row of four cells for every setting', () => {
    const rows = settingsTable().split('\n').slice(2);
    assert.equal(rows.length, SETTINGS.length);
    for (const [index, row] of rows.entries()) {
      const { key, env } = SETTINGS[index]!;
      assert.ok(row.startsWith(`| \`${key}\` | \`${env}\` | `), row);
      assert.equal(row.split(/(?<!\\)\|/).length, 6, row);
    }
  });

  test('stands in the README as the program has it', async () => {
    const readme = await readFile(README, 'utf8').catch(() => '');
    const expected = `<!-- settings -->\n\n${settingsTable()}\n\n<!-- /settings -->`;
    assert.ok(BLOCK.exec(readme)?.[1] === settingsTable(), `README.md must hold this block:\n\n${expected}\n`);
  });
});

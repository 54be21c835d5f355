import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { INSTRUMENTS } from '../../../collector/src/telemetry/instruments.ts';
import { metricsTable } from '../../../collector/src/telemetry/metrics-table.ts';

const README = new URL('../../../README.md', import.meta.url);
const BLOCK = /<!-- metrics -->\n+([\s\S]*?)\n+<!-- \/metrics -->/;

describe('the table of metrics', () => {
  test('has a row of three cells for every instrument', () => {
    const rows = metricsTable().split('\n').slice(2);
    assert.equal(rows.length, Object.keys(INSTRUMENTS).length);
    for (const row of rows) assert.equal(row.split('|').length, 5, row);
  });

  test('stands in the README as the program has it', async () => {
    const readme = await readFile(README, 'utf8');
    const expected = `<!-- metrics -->\n\n${metricsTable()}\n\n<!-- /metrics -->`;
    assert.ok(BLOCK.exec(readme)?.[1] === metricsTable(), `README.md must hold this block:\n\n${expected}\n`);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExportLog } from '../../../collector/src/telemetry/export-log.ts';

test('what the SDK complains about is told at most once a minute, in its own words and short', () => {
  const lines: object[] = [];
  let now = 0;
  const log = createExportLog({ warn: (fields) => void lines.push(fields) }, () => now);
  log.error(JSON.stringify({ stack: 'at … '.repeat(200), message: 'connect "ECONNREFUSED"', code: 'ECONNREFUSED' }));
  log.error('again');
  log.warn('and again');
  log.info('chatter');
  now += 60_000;
  log.error(`{"message": ${'x'.repeat(1000)}`);
  assert.deepEqual(lines[0], { reason: 'connect "ECONNREFUSED"', unsaid: 0 });
  assert.equal(lines.length, 2);
  const { reason, unsaid } = lines[1] as { reason: string; unsaid: number };
  assert.equal(unsaid, 2);
  assert.equal(reason.length, 300);
});

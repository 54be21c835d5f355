import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ProcessFigures } from '../../../collector/src/telemetry/process-figures.ts';
import { startRecorder } from './written.ts';

const MAX = 'nodejs_eventloop_delay_max_seconds';

test('a blocked event loop is told of the span in which it was blocked, whoever looks in between', async (t) => {
  const { recorder, samples } = startRecorder();
  const figures = new ProcessFigures(recorder);
  t.after(() => figures.stop());
  figures.start();
  assert.equal((await samples()).has(MAX), false, 'nothing before the first span has ended');
  await delay(50);
  const until = performance.now() + 300;
  while (performance.now() < until);
  await delay(50);
  figures.turn();
  const blocked = (await samples()).get(MAX)!;
  assert.ok(blocked > 0.2 && blocked < 5, `${blocked}`);
  assert.equal((await samples()).get(MAX), blocked);
  assert.ok((await samples()).get('nodejs_eventloop_utilization_ratio')! > 0.3);
  await delay(100);
  figures.turn();
  assert.ok((await samples()).get(MAX)! < blocked);
});

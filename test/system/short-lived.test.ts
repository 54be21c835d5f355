import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CollectorApi } from '../../examples/flight-delay/src/collector-api.ts';
import { AgentProgram } from '../support/agent-program.ts';
import { startTestCollector } from '../support/test-collector.ts';

const PROCESSES = Number(process.env.TIDEMARK_PROCESSES ?? 12);
const AT_ONCE = 3;
const HOUR = 3_600_000;
const T0 = Date.UTC(2001, 0, 1);

/** The ways in which a short program ends: it asks for a flush, stops the agent, or simply has nothing left to do. */
const ENDINGS = [
  'const { delivered } = await agent.flush({ timeoutMs: 60000 }); process.exit(delivered ? 0 : 3);',
  'const { delivered } = await agent.stop({ timeoutMs: 60000 }); process.exitCode = delivered ? 0 : 3;',
  '',
];

test('processes that wrap, call and end lose nothing', {
  timeout: 60_000 + PROCESSES * 1_000,
}, async (t: TestContext) => {
  const { collector } = await startTestCollector(t);
  let started = 0;
  let rows = 0;
  const runNext = async (): Promise<void> => {
    while (started < PROCESSES) {
      const nth = started++;
      const calls = 1 + (nth % 7);
      rows += calls;
      const options = `windowMs: ${HOUR}, clock: { now: () => ${T0 + (nth % 24) * HOUR} }, model: { name: 'short', version: '1' }`;
      const body = `for (let i = 0; i < ${calls}; i++) predict(i); ${ENDINGS[nth % ENDINGS.length]}`;
      const { code, stderr } = await new AgentProgram(collector.grpcAddress, body, options).end();
      assert.deepEqual([code, stderr], [0, ''], `process ${nth}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
  const api = new CollectorApi(collector.httpUrl);
  const [version] = await api.versions('short');
  assert.deepEqual([version?.rows, await api.countValues(version?.id ?? 0, 'feature', 'x')], [rows, rows]);
  t.diagnostic(`${PROCESSES} processes, ${rows} rows exact`);
});

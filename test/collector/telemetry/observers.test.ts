import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCommitTelemetry } from '../../../collector/src/telemetry/commit-telemetry.ts';
import { createDeliveryTelemetry } from '../../../collector/src/telemetry/delivery-telemetry.ts';
import { createJudgeTelemetry } from '../../../collector/src/telemetry/judge-telemetry.ts';
import { createRequestTelemetry } from '../../../collector/src/telemetry/request-telemetry.ts';
import type { FinishedSpan } from '../../../collector/src/telemetry/spans.ts';
import { createUpkeepTelemetry } from '../../../collector/src/telemetry/upkeep-telemetry.ts';
import { startRecorder } from './written.ts';

function startWithSpans() {
  const spans: FinishedSpan[] = [];
  return { ...startRecorder(), spans, sink: { add: (span: FinishedSpan) => void spans.push(span) } };
}

describe('what failed', () => {
  test('is told by its code, and not by its message, which may quote what users sent', async () => {
    const { recorder, samples, spans, sink } = startWithSpans();
    const error = Object.assign(new Error('invalid input: "canary"'), { code: '22P02' });
    const group = { batches: 3, duplicates: 0, summaryParts: 5, trafficParts: 2, durationMs: 20 };
    createCommitTelemetry(recorder, sink)({ ...group, error });
    createJudgeTelemetry(recorder, sink)({ group: 'g', findings: 0, transitions: [], durationMs: 9, error: 'canary' });
    createUpkeepTelemetry(recorder, sink)({ task: 'rollup', rows: 0, durationMs: 9, error: new TypeError('canary') });
    const written = await samples();
    assert.equal(written.get('tidemark_ingest_commit_duration_seconds_count{outcome="failed"}'), 1);
    assert.equal(written.get('tidemark_ingest_writes_total{kind="summary"}'), 0, 'nothing was written');
    assert.equal(written.get('tidemark_judging_tick_duration_seconds_count'), 1);
    assert.equal(written.get('tidemark_upkeep_duration_seconds_count{task="rollup",outcome="failed"}'), 1);
    assert.deepEqual(
      spans.map(({ name, errorType }) => [name, errorType]),
      [
        ['tidemark.ingest.commit', '22P02'],
        ['tidemark.judging.tick', 'unknown'],
        ['tidemark.upkeep.rollup', 'TypeError'],
      ],
    );
    assert.doesNotMatch(JSON.stringify(spans), /canary/);
  });
});

describe('upkeep', () => {
  test('is counted by its task', async () => {
    const { recorder, samples } = startWithSpans();
    const observe = createUpkeepTelemetry(recorder, null);
    observe({ task: 'retention', rows: 40, durationMs: 700, error: null });
    observe({ task: 'retention', rows: 2, durationMs: 70, error: null });
    const written = await samples();
    assert.equal(written.get('tidemark_upkeep_rows_total{task="retention"}'), 42);
    assert.equal(written.get('tidemark_upkeep_duration_seconds_count{task="retention",outcome="done"}'), 2);
  });
});

describe('a delivery', () => {
  test('that failed counts as an attempt, and its delay is told when somebody was told', async () => {
    const { recorder, samples, spans, sink } = startWithSpans();
    const observe = createDeliveryTelemetry(recorder, sink);
    const attempt = { channel: 'slack', attempt: 1, durationMs: 90, delayMs: 4_000 } as const;
    for (const outcome of ['retry', 'given_up', 'refused', 'sent'] as const) observe({ ...attempt, outcome });
    const written = await samples();
    for (const outcome of ['retry', 'given_up', 'refused', 'sent']) {
      assert.equal(written.get(`tidemark_delivery_attempts_total{channel="slack",outcome="${outcome}"}`), 1);
    }
    assert.equal(written.get('tidemark_delivery_delay_seconds_sum{channel="slack"}'), 4);
    assert.deepEqual(
      spans.map(({ errorType }) => errorType),
      ['retry', 'given_up', 'refused', null],
    );
  });
});

describe('a request', () => {
  test('that nobody foresaw makes no series of its own', async () => {
    const { recorder, samples, spans, sink } = startWithSpans();
    const observe = createRequestTelemetry(recorder, sink);
    for (const method of ['PURGE', 'PROPFIND', 'canary']) {
      observe({ method, route: null, status: 404, durationMs: 1, traceparent: null });
    }
    observe({ method: 'GET', route: '/api/v1/alerts', status: 500, durationMs: 1, traceparent: null });
    const counts = [...(await samples())].filter(([series]) =>
      series.startsWith('http_server_request_duration_seconds_count'),
    );
    assert.deepEqual(
      counts.map(([, n]) => n),
      [3, 1],
    );
    assert.deepEqual(
      spans.map(({ name, errorType }) => `${name} ${errorType}`),
      ['_OTHER null', '_OTHER null', '_OTHER null', 'GET /api/v1/alerts 500'],
    );
  });
});

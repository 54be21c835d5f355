import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prometheusName } from '../../../collector/src/telemetry/prometheus-name.ts';

test('a name in Prometheus has its unit and, if it counts, `total` behind', () => {
  assert.equal(
    prometheusName('tidemark.ingest.commit.duration', 's', 'histogram'),
    'tidemark_ingest_commit_duration_seconds',
  );
  assert.equal(prometheusName('tidemark.receive.size', 'By', 'counter'), 'tidemark_receive_size_bytes_total');
  assert.equal(prometheusName('process.cpu.time', 's', 'observed-counter'), 'process_cpu_time_seconds_total');
  assert.equal(prometheusName('nodejs.eventloop.utilization', '1', 'gauge'), 'nodejs_eventloop_utilization_ratio');
  assert.equal(prometheusName('tidemark.agents', '{agent}', 'gauge'), 'tidemark_agents');
  assert.equal(prometheusName('tidemark.receive.batches', '{batch}', 'counter'), 'tidemark_receive_batches_total');
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missing, promtool } from '../../support/prometheus-tools.ts';
import { folderWith } from '../commands/program.ts';
import { CANARIES, missingHours, Receipt_Status, startTellingCollector } from './telling-collector.ts';

const ALERTS = fileURLToPath(new URL('../../../alerts/prometheus.yaml', import.meta.url));

const sent = 'tidemark_delivery_attempts_total{channel="webhook",outcome="sent"}';

describe('/metrics', () => {
  test('says what the collector has received, committed, judged and told, and no name that users gave', async (t) => {
    const collector = await startTellingCollector(t);
    const [first, second] = missingHours();
    const statuses = await collector.send(first, first, second);
    assert.deepEqual(statuses, [Receipt_Status.ACCEPTED, Receipt_Status.DUPLICATE, Receipt_Status.ACCEPTED]);
    const samples = await collector.samplesWhere((now) => now.get(sent) === 1);
    const expected = {
      'tidemark_receive_batches_total{outcome="accepted"}': 2,
      'tidemark_receive_batches_total{outcome="duplicate"}': 1,
      'tidemark_receive_batches_total{outcome="retry"}': 0,
      'tidemark_receive_summaries_total{outcome="accepted"}': 2,
      'tidemark_receive_rows_total{outcome="accepted"}': 7,
      'tidemark_receive_rows_total{outcome="duplicate"}': 4,
      'tidemark_receive_duration_seconds_count{outcome="accepted"}': 2,
      tidemark_receive_backlog_bytes: 0,
      'tidemark_ingest_commit_duration_seconds_count{outcome="committed"}': 3,
      tidemark_ingest_commit_batches_sum: 3,
      'tidemark_ingest_writes_total{kind="summary"}': 2,
      'tidemark_ingest_writes_total{kind="traffic"}': 2,
      'tidemark_ingest_open_parts{kind="summary"}': 2,
      'tidemark_health{check="store"}': 1,
      tidemark_judging_findings_total: 1,
      tidemark_judging_failures_total: 0,
      tidemark_judging_lag_seconds: 0,
      'tidemark_alert_transitions_total{to="firing"}': 1,
      'tidemark_delivery_duration_seconds_count{channel="webhook"}': 1,
      'tidemark_delivery_delay_seconds_count{channel="webhook"}': 1,
    };
    const said = Object.fromEntries(Object.keys(expected).map((series) => [series, samples.get(series)]));
    assert.deepEqual(said, expected);
    assert.ok(samples.get('tidemark_judging_tick_duration_seconds_count')! >= 1);
    assert.ok(samples.get('process_memory_usage_bytes')! > 1e7);
    assert.ok(samples.get('process_cpu_time_seconds_total{cpu_mode="user"}')! > 0.1);
    assert.ok(Math.abs(samples.get('tidemark_judging_last_success_timestamp_seconds')! - Date.now() / 1000) < 60);

    const text = await collector.metricsText();
    for (const name of Object.values(CANARIES)) assert.ok(!text.includes(name), name);
    await fetch(`http://127.0.0.1:${collector.httpPort}/api/v1/models/${CANARIES.model}/versions`);
    await fetch(`http://127.0.0.1:${collector.httpPort}/${CANARIES.field}?${CANARIES.receiver}`, { method: 'PURGE' });
    const later = await collector.metricsText();
    for (const name of Object.values(CANARIES)) assert.ok(!later.includes(name), name);
    const route = 'http_route="/api/v1/models/:model/versions"';
    assert.ok(
      later.includes(
        `http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",${route}} 1`,
      ),
    );
    assert.ok(later.includes('{http_request_method="_OTHER",http_response_status_code="404",http_route=""} 1'), later);
  });

  test('is clean to promtool', { skip: missing('promtool') }, async (t) => {
    const collector = await startTellingCollector(t);
    await collector.send(...missingHours());
    await collector.samplesWhere((samples) => samples.get(sent) === 1);
    const { status, stdout, stderr } = promtool(['check', 'metrics'], await collector.metricsText());
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  });

  test('is what a real Prometheus scrapes, and its alerts load', { skip: missing('prometheus') }, async (t) => {
    const collector = await startTellingCollector(t);
    await collector.send(...missingHours());
    const ask = await startPrometheus(t, collector.httpPort);
    const batches = await ask('tidemark_receive_batches_total{outcome="accepted"}');
    assert.deepEqual(batches, [['2', { outcome: 'accepted', job: 'tidemark' }]]);
    assert.equal((await ask('scrape_samples_scraped > 100')).length, 1);
    assert.equal((await ask('ALERTS{alertname=~"Tidemark.*", alertstate="firing"} or vector(0)'))[0]?.[0], '0');
  });
});

/** Starts a Prometheus that scrapes this port, and waits until it has. @returns how to ask it. */
async function startPrometheus(t: TestContext, httpPort: number) {
  const folder = await folderWith(t, {
    'prometheus.yml': `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [${JSON.stringify(ALERTS)}]
scrape_configs:
  - { job_name: tidemark, static_configs: [{ targets: ["127.0.0.1:${httpPort}"] }] }
`,
  });
  const port = await freePort();
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  t.after(async () => {
    prometheus.kill('SIGKILL');
    await once(prometheus, 'close');
  });
  const ask = async (query: string): Promise<[string, Record<string, string>][]> => {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
    const answer = (await (await fetch(url)).json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return answer.data.result.map(({ metric: { __name__, instance, ...labels }, value }) => [value[1], labels]);
  };
  const deadline = Date.now() + 30_000;
  for (;;) {
    const up = await ask('up{job="tidemark"} == 1').catch(() => []);
    if (up.length > 0) return ask;
    assert.ok(Date.now() < deadline, 'Prometheus never scraped');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : assert.fail('no port');
}

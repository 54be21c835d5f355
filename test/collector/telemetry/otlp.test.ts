import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { SERVER_URL } from '../../support/database.ts';
import { type OtlpExport, OtlpReceiver } from '../../support/otlp-receiver.ts';
import { CANARIES, missingHours, startTellingCollector } from './telling-collector.ts';

/** Exports soon, so that no test waits for one. */
const SOON = { OTEL_METRIC_EXPORT_INTERVAL: '300', OTEL_METRIC_EXPORT_TIMEOUT: '300', OTEL_BSP_SCHEDULE_DELAY: '100' };
const JSON_TO = (endpoint: string) => {
  return { ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
};

type Attribute = { key: string; value: { stringValue?: string; intValue?: number | string } };
type Span = {
  name: string;
  kind: number;
  traceId: string;
  parentSpanId?: string;
  attributes: Attribute[];
  startTimeUnixNano: string;
  endTimeUnixNano: string;
};
type Resource = { attributes: Attribute[] };

const attributesOf = ({ attributes }: { attributes: Attribute[] }) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

function spansOf(exports: readonly OtlpExport[]): Span[] {
  type Traces = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
  const traces = exports
    .filter(({ path }) => path === '/v1/traces')
    .map(({ body }) => JSON.parse(String(body)) as Traces);
  return traces.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}

/** Every text at this path of field numbers in a protobuf message. */
function textsAt(bytes: Uint8Array, [field, ...rest]: readonly number[]): string[] {
  const reader = new BinaryReader(bytes);
  const texts: string[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number !== field || type !== WireType.LengthDelimited) reader.skip(type, number);
    else if (rest.length === 0) texts.push(reader.string());
    else texts.push(...textsAt(reader.bytes(), rest));
  }
  return texts;
}

async function startOtlpReceiver(t: TestContext, options = { hangs: false }): Promise<OtlpReceiver> {
  const receiver = await OtlpReceiver.start(options);
  t.after(() => receiver.stop());
  return receiver;
}

describe('OTLP', () => {
  test('gets spans of commits, ticks, deliveries and requests, and metrics, and no name that users gave', async (t) => {
    const receiver = await startOtlpReceiver(t);
    const collector = await startTellingCollector(t, {
      ...JSON_TO(receiver.url),
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=canary-token',
    });
    const [first, second] = missingHours();
    await collector.send(first, first, second);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const url = `http://127.0.0.1:${collector.httpPort}/api/v1/models/${CANARIES.model}/versions?${CANARIES.field}`;
    await fetch(url, { headers: { traceparent } });
    for (const name of ['tidemark.ingest.commit', 'tidemark.judging.tick', 'tidemark.delivery', '/api/v1/models']) {
      await receiver.until(({ path, body }) => path === '/v1/traces' && body.includes(name));
    }
    await receiver.until(({ path, body }) => path === '/v1/metrics' && body.includes('"tidemark.delivery.attempts"'));
    const { code, stderr } = await collector.end();
    assert.deepEqual([code, stderr], [0, '']);

    const spans = spansOf(receiver.exports);
    const commits = spans.filter(({ name }) => name === 'tidemark.ingest.commit').map(attributesOf);
    assert.equal(commits.length, 3);
    const sum = (key: string) => commits.reduce((total, one) => total + Number(one[key]), 0);
    assert.deepEqual([sum('tidemark.batches'), sum('tidemark.duplicates'), sum('tidemark.parts.summary')], [3, 1, 2]);
    const tick = spans
      .filter(({ name }) => name === 'tidemark.judging.tick')
      .map(attributesOf)
      .at(-1);
    assert.deepEqual(tick, { 'tidemark.rule_group': 'watch', 'tidemark.findings': 1, 'tidemark.transitions': 1 });
    const [delivery] = spans.filter(({ name }) => name === 'tidemark.delivery');
    const { 'tidemark.delay_ms': delay, ...about } = attributesOf(delivery!);
    assert.deepEqual(about, { 'tidemark.channel': 'webhook', 'tidemark.outcome': 'sent', 'tidemark.attempt': 1 });
    assert.ok(Number(delay) >= 0);
    const request = spans.find(({ name }) => name === 'GET /api/v1/models/:model/versions')!;
    assert.deepEqual([request.traceId, request.parentSpanId], traceparent.split('-').slice(1, 3));
    assert.equal(attributesOf(request)['http.response.status_code'], 200);
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      const took = Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e9;
      assert.ok(took >= 0 && took < 20, `${took} s`);
      assert.ok(Math.abs(Number(BigInt(endTimeUnixNano) / 1_000_000n) - Date.now()) < 120_000);
    }

    const metrics = JSON.parse(String(receiver.exports.findLast(({ path }) => path === '/v1/metrics')!.body)) as {
      resourceMetrics: { resource: Resource; scopeMetrics: { metrics: { name: string; unit: string }[] }[] }[];
    };
    const [{ resource, scopeMetrics }] = metrics.resourceMetrics as [(typeof metrics.resourceMetrics)[number]];
    const told = attributesOf(resource);
    assert.equal(told['service.name'], 'tidemark-collector');
    assert.equal(told['deployment.environment.name'], 'test');
    assert.ok(!Object.keys(told).some((key) => key.startsWith('process.')), 'no command line, no user');
    const units = new Map(scopeMetrics.flatMap(({ metrics: all }) => all.map(({ name, unit }) => [name, unit])));
    assert.equal(units.get('tidemark.ingest.commit.duration'), 's');
    assert.equal(units.get('tidemark.receive.batches'), '{batch}');

    const all = receiver.exports.map(({ body }) => String(body)).join('\n');
    for (const name of [...Object.values(CANARIES), 'canary-token', 'Bearer', 'whsec_', 'postgres://']) {
      assert.ok(!all.includes(name), name);
    }
    if (SERVER_URL !== undefined) assert.ok(!all.includes(new URL(SERVER_URL).host));
  });

  test('is protobuf over HTTP where nothing else is asked for', async (t) => {
    const receiver = await startOtlpReceiver(t);
    const collector = await startTellingCollector(t, { ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    await collector.send(...missingHours());
    const traces = await receiver.until(({ path, body }) => path === '/v1/traces' && body.includes('ingest.commit'));
    assert.equal(traces.contentType, 'application/x-protobuf');
    // ExportTraceServiceRequest.resource_spans.scope_spans.spans.name
    assert.ok(textsAt(traces.body, [1, 2, 2, 5]).includes('tidemark.ingest.commit'));
    const metrics = await receiver.until(({ path, body }) => path === '/v1/metrics' && body.includes('tidemark.'));
    // ExportMetricsServiceRequest.resource_metrics.scope_metrics.metrics.name
    assert.ok(textsAt(metrics.body, [1, 2, 2, 1]).includes('tidemark.receive.batches'));
    assert.equal((await collector.end()).code, 0);
  });

  test('is gRPC where that is asked for', async (t) => {
    const exported = Promise.withResolvers<Buffer>();
    const server = new Server();
    const method = {
      path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    };
    const take: handleUnaryCall<Buffer, Buffer> = ({ request }, answer) => {
      if (request.includes('ingest.commit')) exported.resolve(request);
      answer(null, Buffer.alloc(0));
    };
    server.addService({ export: method }, { export: take });
    const bind = promisify(server.bindAsync.bind(server));
    const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
    t.after(() => server.forceShutdown());
    const collector = await startTellingCollector(t, {
      ...SOON,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
    });
    await collector.send(...missingHours());
    assert.ok(textsAt(await exported.promise, [1, 2, 2, 5]).includes('tidemark.ingest.commit'));
    assert.equal((await collector.end()).code, 0);
  });

  test('gets what happened last, on a stop, without waiting for an interval', async (t) => {
    const receiver = await startOtlpReceiver(t);
    const collector = await startTellingCollector(t, {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '3600000',
    });
    await collector.send(...missingHours());
    assert.equal((await collector.end()).code, 0);
    assert.ok(spansOf(receiver.exports).some(({ name }) => name === 'tidemark.ingest.commit'));
    assert.ok(
      receiver.exports.every(({ path }) => path === '/v1/traces'),
      'only what has an endpoint goes out',
    );
  });

  test('gets nothing where the SDK is switched off', async (t) => {
    const receiver = await startOtlpReceiver(t);
    const collector = await startTellingCollector(t, { ...JSON_TO(receiver.url), OTEL_SDK_DISABLED: 'true' });
    await collector.send(...missingHours());
    const samples = await collector.samplesWhere(
      (now) => now.get('tidemark_receive_rows_total{outcome="accepted"}') === 7,
    );
    assert.ok(samples.size > 100, '/metrics answers all the same');
    assert.deepEqual([(await collector.end()).code, receiver.exports.length], [0, 0]);
  });

  test('that hangs holds up neither batches nor the end, and is complained of', async (t) => {
    const receiver = await startOtlpReceiver(t, { hangs: true });
    const settings = { ...JSON_TO(receiver.url), OTEL_EXPORTER_OTLP_TIMEOUT: '60000', TIDEMARK_LOG: 'warn' };
    const collector = await startTellingCollector(t, settings);
    await collector.send(...missingHours());
    await receiver.until(({ path }) => path === '/v1/traces');
    const begun = performance.now();
    const { code, stderr } = await collector.end();
    const tookMs = performance.now() - begun;
    assert.equal(code, 0);
    assert.ok(tookMs < 8_000, `${tookMs} ms`);
    assert.match(stderr, /the last telemetry did not get out in time/);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CollectorError } from '../../../collector/src/errors.ts';
import { otlpSignals } from '../../../collector/src/telemetry/otlp-signals.ts';

const ALL = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const url = 'http://127.0.0.1:4318';

describe('the environment', () => {
  for (const [what, env, traces, metrics] of [
    ['names no endpoint', {}, false, false],
    ['names an empty endpoint', { [ALL]: ' ' }, false, false],
    ['names an exporter and no endpoint', { OTEL_TRACES_EXPORTER: 'otlp' }, false, false],
    ['names an endpoint for all', { [ALL]: url }, true, true],
    ['names one for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces` }, true, false],
    ['names one for metrics', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${url}/v1/metrics` }, false, true],
    ['wants no traces', { [ALL]: url, OTEL_TRACES_EXPORTER: 'none' }, false, true],
    ['wants no metrics', { [ALL]: url, OTEL_METRICS_EXPORTER: 'none' }, true, false],
    ['switches the SDK off', { [ALL]: url, OTEL_SDK_DISABLED: 'TRUE' }, false, false],
  ] as const) {
    test(`${what}: ${traces ? 'traces' : 'no traces'}, ${metrics ? 'metrics' : 'no metrics'}`, () => {
      assert.deepEqual(otlpSignals(env), { traces, metrics });
    });
  }

  test('is told every mistake that the SDK would pass over, and no password', () => {
    const env = {
      [ALL]: 'ftp://user:canary@collector',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/xml',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'nobody asks for logs',
    };
    assert.throws(
      () => otlpSignals(env),
      (error: unknown) => {
        assert.ok(error instanceof CollectorError && error.code === 'CONFIG_INVALID');
        const lines = [
          'the environment is not usable:',
          'OTEL_EXPORTER_OTLP_ENDPOINT: expected an address like http://collector:4318',
          'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: expected one of http/protobuf, http/json, grpc, got "http/xml"',
        ];
        assert.deepEqual(error.message.split('\n'), lines);
        return true;
      },
    );
  });

  test('may name a bare address where it asks for gRPC', () => {
    const env = { [ALL]: 'collector:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    assert.deepEqual(otlpSignals(env), { traces: true, metrics: true });
  });
});

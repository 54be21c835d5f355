import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
});

import type { Span } from '@opentelemetry/api';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { discardingTracer, durations } from '../otel.ts';
import type { Variant } from '../variant.ts';
import type { Features } from '../workload.ts';

const ATTRIBUTES = { model: 'bench', version: '1' };

/**
 * As the guide of OpenTelemetry has it and `@opentelemetry/sdk-node` sets it up: the span is active while the call runs, and
 * the histogram knows the model (https://opentelemetry.io/docs/languages/js/instrumentation/).
 */
export const otelActiveSpan: Variant = {
  id: 'otel-active',
  label: 'OTel span + histogram',
  async start(predict) {
    const { tracer, stop } = discardingTracer();
    const histogram = durations();
    const manager = new AsyncLocalStorageContextManager().enable();
    // Not registered for the whole process: the other variants shall not pay for it.
    const active = async (span: Span, features: Features) => {
      const startedMs = performance.now();
      try {
        return await predict(features);
      } finally {
        histogram.record(performance.now() - startedMs, ATTRIBUTES);
        span.end();
      }
    };
    const watched = (features: Features) => {
      const span = tracer.startSpan('predict');
      return manager.with(trace.setSpan(context.active(), span), active, undefined, span, features);
    };
    return {
      async calls(features: readonly Features[], times: number) {
        const { length } = features;
        for (let i = 0; i < times; i++) await watched(features[i % length]!);
      },
      now() {},
      async stop() {
        manager.disable();
        await stop();
      },
    };
  },
};

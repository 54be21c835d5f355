import { discardingTracer, durations } from '../otel.ts';
import type { Variant } from '../variant.ts';
import type { Features } from '../workload.ts';

/** The least there is: a span that is never active, and a histogram without attributes. */
export const otelSpan: Variant = {
  id: 'otel-span',
  label: 'OTel span without context + bare histogram',
  async start(predict) {
    const { tracer, stop } = discardingTracer();
    const histogram = durations();
    const watched = async (features: Features) => {
      const startedMs = performance.now();
      const span = tracer.startSpan('predict');
      try {
        return await predict(features);
      } finally {
        histogram.record(performance.now() - startedMs);
        span.end();
      }
    };
    return {
      async calls(features: readonly Features[], times: number) {
        const { length } = features;
        for (let i = 0; i < times; i++) await watched(features[i % length]!);
      },
      now() {},
      stop,
    };
  },
};

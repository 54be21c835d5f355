import { discardingTracer, durations } from '../otel.ts';
import type { Variant } from '../variant.ts';
import { type Features, NAMES } from '../workload.ts';

/** The same with every feature as an attribute of the span. */
export const otelAttributes: Variant = {
  id: 'otel-attributes',
  label: 'OTel span, 25 attributes',
  async start(predict) {
    const { tracer, stop } = discardingTracer();
    const histogram = durations();
    const watched = async (features: Features) => {
      const startedMs = performance.now();
      const span = tracer.startSpan('predict');
      for (const name of NAMES) span.setAttribute(name, features[name]!);
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

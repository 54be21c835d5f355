import type { Histogram, Tracer } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';

/** Without a reader the SDK drops what is recorded; this one never asks. */
class SilentReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Takes every span and keeps none. */
const DISCARDING: SpanExporter = {
  export: (_spans, done) => done({ code: 0 }),
  async shutdown() {},
};

/** A tracer of the SDK with its batch processor and an exporter that discards. */
export function discardingTracer(): { tracer: Tracer; stop: () => Promise<void> } {
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter: DISCARDING })] });
  return { tracer: provider.getTracer('bench'), stop: () => provider.shutdown() };
}

/** A histogram of the SDK that nobody reads. */
export function durations(): Histogram {
  return new MeterProvider({ readers: [new SilentReader()] })
    .getMeter('bench')
    .createHistogram('duration', { unit: 'ms' });
}

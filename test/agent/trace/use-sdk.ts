import { after, before, beforeEach } from 'node:test';
import { context, metrics, trace } from '@opentelemetry/api';
import { type DataPoint, type Histogram, type MetricData, MetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';

/** Collects when it is asked to. */
export class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}

  /** The metrics there are now, by name. */
  async byName(): Promise<Record<string, MetricData>> {
    const { resourceMetrics, errors } = await this.collect();
    if (errors.length > 0) throw new AggregateError(errors, 'while collecting');
    const found = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return Object.fromEntries(found.map((metric) => [metric.descriptor.name, metric]));
  }
}

/** Points of a metric as `[attributes, value]`; of a histogram the value is its count. */
export function points(metric: MetricData | undefined): [Record<string, unknown>, number][] {
  const list = (metric?.dataPoints ?? []) as DataPoint<number | Histogram>[];
  return list.map(({ attributes, value }) => [{ ...attributes }, typeof value === 'number' ? value : value.count]);
}

/** A real SDK that keeps its spans in memory. */
export type Sdk = { readonly sdk: NodeSDK; readonly reader: ManualReader; spans(): ReadableSpan[] };

/** Starts an SDK and registers it; its end is the caller's business. */
export function startSdk(more: Partial<NodeSDKConfiguration> = {}): Sdk & { end(): Promise<void> } {
  const exporter = new InMemorySpanExporter();
  const reader = new ManualReader();
  const sdk = new NodeSDK({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    metricReaders: [reader],
    logRecordProcessors: [],
    autoDetectResources: false,
    ...more,
  });
  sdk.start();
  return {
    sdk,
    reader,
    spans: () => exporter.getFinishedSpans(),
    async end() {
      await sdk.shutdown();
      trace.disable();
      metrics.disable();
      context.disable();
    },
  };
}

/** Gives the suite an SDK of its own; each test begins without spans. */
export function useSdk(take: (sdk: Sdk) => void, more: Partial<NodeSDKConfiguration> = {}): void {
  let started: ReturnType<typeof startSdk>;
  before(() => {
    started = startSdk(more);
    take(started);
  });
  beforeEach(() => started.spans().splice(0));
  after(() => started.end());
}

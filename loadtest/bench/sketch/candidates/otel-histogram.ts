import type { Attributes, Histogram } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { asTheyAre, type Candidate, SLICE } from '../candidate.ts';
import type { Shape } from '../column.ts';

/** Without a reader the SDK drops what is recorded; this one never asks. */
class SilentReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const meter = new MeterProvider({ readers: [new SilentReader()] }).getMeter('bench');
// Instruments live as long as the process, so there is nothing to make or to finish per feed.
const bare = meter.createHistogram('bare');
const attributed = meter.createHistogram('attributed');
const ATTRIBUTES: Attributes = { model: 'flight-delay', version: '3' };

function recordSlice(histogram: Histogram, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) histogram.record(values[i]!);
}

function feedBare(values: Float64Array): number {
  const n = values.length;
  for (let from = 0; from < n; from += SLICE) recordSlice(bare, values, from, Math.min(from + SLICE, n));
  return n;
}

function recordSliceWithAttributes(histogram: Histogram, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) histogram.record(values[i]!, ATTRIBUTES);
}

function feedAttributed(values: Float64Array): number {
  const n = values.length;
  for (let from = 0; from < n; from += SLICE) {
    recordSliceWithAttributes(attributed, values, from, Math.min(from + SLICE, n));
  }
  return n;
}

function refuses({ hasNegative }: Shape): string | null {
  return hasNegative ? 'drops negative values' : null;
}

/** Counts in fixed buckets: no quantiles. */
export const otelHistogram: Candidate = {
  id: 'otel',
  label: 'OTel histogram',
  refuses,
  prepare: asTheyAre,
  feed: feedBare,
  sketcher: null,
};

export const otelHistogramWithAttributes: Candidate = {
  id: 'otel-2',
  label: 'OTel, 2 attributes',
  refuses,
  prepare: asTheyAre,
  feed: feedAttributed,
  sketcher: null,
};

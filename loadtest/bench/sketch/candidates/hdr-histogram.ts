import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { type Candidate, type MergeTrial, SLICE, type Subject } from '../candidate.ts';
import type { Shape } from '../column.ts';

const TARGETS = 4;
/** It counts integers, so three decimals are kept. */
const SCALE = 1000;

function empty(): Histogram {
  return build({ numberOfSignificantValueDigits: 2 });
}

function scaled(values: Float64Array): Float64Array {
  return values.map((value) => Math.round(value * SCALE));
}

function recordSlice(histogram: Histogram, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) histogram.recordValue(values[i]!);
}

function histogramOf(values: Float64Array): Histogram {
  const histogram = empty();
  const n = values.length;
  for (let from = 0; from < n; from += SLICE) recordSlice(histogram, values, from, Math.min(from + SLICE, n));
  return histogram;
}

function subjectOf(histogram: Histogram): Subject {
  return {
    quantiles: (qs) => qs.map((q) => histogram.getValueAtPercentile(q * 100) / SCALE),
    // Base64 is the form it offers; the bytes in it are three quarters of that.
    bytes: Math.floor((encodeIntoCompressedBase64(histogram).length * 3) / 4),
    decoded: null,
  };
}

function merged(windows: readonly Float64Array[]): Subject {
  const all = empty();
  for (const window of windows) all.add(histogramOf(scaled(window)));
  return subjectOf(all);
}

function mergeTrial(parts: readonly Float64Array[]): MergeTrial {
  const others = parts.map((part) => histogramOf(scaled(part)));
  let targets: Histogram[] = [];
  return {
    prepare() {
      targets = Array.from({ length: TARGETS }, () => {
        const target = empty();
        target.add(others[0]!);
        return target;
      });
    },
    run() {
      for (const target of targets) {
        for (const other of others) target.add(other);
        target.getValueAtPercentile(50);
      }
      return targets.length * others.length;
    },
  };
}

function refuses({ hasNegative, largest }: Shape): string | null {
  if (hasNegative) return 'takes no negative values';
  return largest * SCALE > Number.MAX_SAFE_INTEGER ? 'takes integers up to 2^53 only' : null;
}

export const hdrHistogram: Candidate = {
  id: 'hdr',
  label: 'HDR 2 digits',
  refuses,
  prepare: scaled,
  feed: (values) => histogramOf(values).getValueAtPercentile(50),
  sketcher: { build: (values) => subjectOf(histogramOf(scaled(values))), merged, mergeTrial },
};

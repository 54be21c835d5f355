import type { Candidate } from './candidate.ts';
import { ddSketch } from './candidates/ddsketch.ts';
import { hdrHistogram } from './candidates/hdr-histogram.ts';
import { npmTdigest } from './candidates/npm-tdigest.ts';
import { otelHistogram, otelHistogramWithAttributes } from './candidates/otel-histogram.ts';
import { promHistogram, promSummary } from './candidates/prom-client.ts';
import { rawRing } from './candidates/raw-ring.ts';
import { tidemark, tidemarkSlices } from './candidates/tidemark.ts';

/** All that are measured, in the order of the tables. */
export const CANDIDATES: readonly Candidate[] = [
  rawRing,
  tidemark,
  tidemarkSlices,
  npmTdigest,
  ddSketch,
  hdrHistogram,
  otelHistogram,
  otelHistogramWithAttributes,
  promHistogram,
  promSummary,
];

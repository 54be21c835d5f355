import type { Variant } from './variant.ts';
import { bare } from './variants/bare.ts';
import { otelActiveSpan } from './variants/otel-active-span.ts';
import { otelAttributes } from './variants/otel-attributes.ts';
import { otelSpan } from './variants/otel-span.ts';
import { pinoLine } from './variants/pino-line.ts';
import { promHistogram } from './variants/prom-histogram.ts';
import { tidemark } from './variants/tidemark.ts';

/** All ways to watch a call, in the order of the tables. */
export const VARIANTS: readonly Variant[] = [
  bare,
  tidemark,
  otelActiveSpan,
  otelSpan,
  otelAttributes,
  pinoLine,
  promHistogram,
];

import type { Attributes } from '@opentelemetry/api';
import type { VersionName } from '../losses.ts';

/** What a guard did about an inference, and what it had found. */
export type VerdictLike = {
  readonly action: 'annotate' | 'fallback' | 'reject';
  readonly violations: readonly ViolationLike[];
};

/** One check that failed, without the value. */
export type ViolationLike = { readonly check: string; readonly stage: string; readonly field: string };

/**
 * Names of span and metric attributes, all under the product's own name as
 * https://opentelemetry.io/docs/specs/semconv/general/naming asks of what is in no convention: `gen_ai.*` speaks of
 * requests to generative models, and its namespace is not ours to add to.
 */
export const MODEL_NAME = 'tidemark.model.name';
export const MODEL_VERSION = 'tidemark.model.version';
export const VERDICT = 'tidemark.verdict';
export const VIOLATIONS = 'tidemark.violations';
export const CONFIDENCE = 'tidemark.confidence';
export const PREDICTION_ID = 'tidemark.prediction_id';

/** Failed checks a span names; the others are counted and kept by the collector. */
export const MAX_VIOLATIONS = 16;

/**
 * What a span says of a verdict; `predictionId` may be empty, to replace that of another verdict.
 *
 * These are attributes and no span event: a verdict is a property of the operation that one searches for, span events
 * are on their way out (https://opentelemetry.io/blog/2026/deprecating-span-events), and the single inference is kept
 * as an event of our own, with the ids of its span. No value of a field is ever among them.
 */
export function verdictAttributes(
  version: VersionName,
  verdict: VerdictLike,
  predictionId: string | undefined,
): Attributes {
  return {
    [MODEL_NAME]: version.model,
    [MODEL_VERSION]: version.version,
    [VERDICT]: verdict.action,
    [VIOLATIONS]: violationNames(verdict.violations),
    ...(predictionId !== undefined && { [PREDICTION_ID]: predictionId }),
  };
}

/** What a span says of a low confidence; without the version where the span speaks of another one already. */
export function confidenceAttributes(version: VersionName | undefined, confidence: number): Attributes {
  return {
    ...(version !== undefined && { [MODEL_NAME]: version.model, [MODEL_VERSION]: version.version }),
    [CONFIDENCE]: confidence,
  };
}

/** `check:stage/field` of each failed check once: the rows of a batch fail the same ones. */
function violationNames(violations: readonly ViolationLike[]): string[] {
  const names = new Set<string>();
  for (const { check, stage, field } of violations) {
    names.add(`${check}:${stage}/${field}`);
    if (names.size === MAX_VIOLATIONS) break;
  }
  return [...names];
}

import type { SeriesKind, Summary } from '@tidemark/sketch';
import type { Bins } from '../drift/bins.ts';
import { CollectorError } from '../errors.ts';

/** What a baseline keeps of one column. `bins` are fixed when it is made and never follow the live data. */
export type BaselineSeries = {
  readonly stage: string;
  readonly field: string;
  readonly kind: SeriesKind;
  readonly summary: Summary;
  readonly bins: Bins;
};

/** What a series was in one window of the baseline; `start` in event time, ms. */
export type BaselineWindow = { readonly start: number; readonly summary: Summary };

/** A series of a baseline in the making, with the windows that are kept of it, oldest first; none where time is unknown. */
export type NewBaselineSeries = BaselineSeries & { readonly windows?: readonly BaselineWindow[] };

/** A frozen reference of one model version. `series` is keyed by `seriesKey`. */
export type Baseline = {
  readonly id: number;
  readonly name: string;
  readonly model: string;
  readonly version: string;
  readonly series: ReadonlyMap<string, BaselineSeries>;
};

/** The key of a series inside a baseline: `feature/distance`. A stage holds no `/`. */
export function seriesKey(stage: string, field: string): string {
  return `${stage}/${field}`;
}

/** Bins from their JSON text (`{"kind":"number","cuts":[…]}`, `{"kind":"category","keys":[…]}`) or from the value a JSON column was read into. Throws BASELINE_INVALID for anything that is not bins. */
export function decodeBins(json: unknown): Bins {
  const value = typeof json === 'string' ? parsed(json) : json;
  if (typeof value === 'object' && value !== null && 'kind' in value) {
    if (value.kind === 'number' && 'cuts' in value && isAscending(value.cuts))
      return { kind: 'number', cuts: value.cuts };
    if (value.kind === 'category' && 'keys' in value && isTexts(value.keys))
      return { kind: 'category', keys: value.keys };
  }
  throw new CollectorError(
    'BASELINE_INVALID',
    'stored bins are neither ascending finite cuts nor distinct category keys',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CollectorError('BASELINE_INVALID', 'stored bins are not JSON', { cause });
  }
}

function isAscending(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every(
      (cut, index) => typeof cut === 'number' && Number.isFinite(cut) && (index === 0 || cut > value[index - 1]),
    )
  );
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((key) => typeof key === 'string') && new Set(value).size === value.length;
}

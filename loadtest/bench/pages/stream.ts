import type { SeriesKind, Summary } from '@tidemark/sketch';
import type { Baseline, BaselineSeries, BaselineWindow } from '../../../collector/src/baseline/baseline.ts';

export const HOUR_MS = 3_600_000;

/** One field of a model that serves. */
export type FieldStream = {
  readonly stage: string;
  readonly field: string;
  readonly kind: SeriesKind;
  /** What the hours [from, to) since the epoch held, null where nothing came; the same each time it is asked. Never changed by who reads it. */
  readonly spanOf: (from: number, to: number) => Summary | null;
};

/** A model that serves from `firstHour` up to `lastHour`, and the baseline that its rules compare with. */
export type ModelStream = {
  readonly model: string;
  readonly firstHour: number;
  readonly lastHour: number;
  readonly rowsOf: (hour: number) => number;
  readonly errorsOf: (hour: number) => number;
  readonly fields: readonly FieldStream[];
  readonly baseline: Baseline;
  /** The hours that a series of the baseline was merged from, oldest first; none where time is not known. */
  readonly baselineHours: (series: BaselineSeries) => readonly BaselineWindow[];
};

/** Merges single hours, and keeps the last `kept` of those that were asked for: spans overlap. */
export function ofHours(kept: number, windowOf: (hour: number) => Summary | null): FieldStream['spanOf'] {
  const windows = new Map<number, Summary | null>();
  const known = (hour: number): Summary | null => {
    const before = windows.get(hour);
    if (before !== undefined) return before;
    const made = windowOf(hour);
    windows.set(hour, made);
    for (const old of windows.keys()) {
      if (windows.size <= kept) break;
      windows.delete(old);
    }
    return made;
  };
  return (from, to) => {
    if (to - from === 1) return known(from);
    let merged: Summary | null = null;
    for (let hour = from; hour < to; hour++) {
      const window = known(hour);
      if (window === null) continue;
      if (merged === null) merged = window.clone();
      else merged.merge(window);
    }
    return merged;
  };
}

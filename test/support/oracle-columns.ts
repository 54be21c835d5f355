import assert from 'node:assert/strict';
import { BASELINE_SIZE_RULE, Summary, WINDOW_SIZE_RULE } from '@tidemark/sketch';
import type { UncertainShare } from '../../collector/src/drift/sketch-error.ts';
import { type CategoricalColumn, cellsOf, type NumericColumn, numbersOf, oraclePairs } from './real-data.ts';

/** Within 1e-9 of what is expected, or of its size where that is more than 1. */
export function close(found: number, expected: number, what: string): void {
  const allowed = 1e-9 * Math.max(1, Math.abs(expected));
  assert.ok(Math.abs(found - expected) <= allowed, `${what}: ${found} against ${expected}`);
}

/** Every column of one kind of every pair of the oracle. */
export function columnsOf<K extends 'numeric' | 'categorical'>(kind: K) {
  type Column = K extends 'numeric' ? NumericColumn : CategoricalColumn;
  const found: { pair: string; name: string; column: Column }[] = [];
  for (const pair of oraclePairs()) {
    for (const [name, column] of Object.entries(pair.columns)) {
      if (column.kind === kind) found.push({ pair: pair.id, name, column: column as Column });
    }
  }
  return found;
}

/** The numbers of one column on both sides, ascending. */
export function numericSides(pair: string, name: string) {
  const { reference, current } = cellsOf(pair, name);
  return { reference: numbersOf(reference).sort(), current: numbersOf(current).sort() };
}

/** As the values come from a file and from traffic: unsorted, the live side in 24 windows that are merged. */
export function digested(pair: string, name: string) {
  const { reference, current } = cellsOf(pair, name);
  const baseline = new Summary('number', { sizeRule: BASELINE_SIZE_RULE });
  for (const value of numbersOf(reference)) baseline.add(value);
  const live = new Summary('number');
  const values = numbersOf(current);
  const size = Math.ceil(values.length / 24);
  for (let from = 0; from < values.length; from += size) {
    const window = new Summary('number', { sizeRule: WINDOW_SIZE_RULE });
    for (const value of values.subarray(from, from + size)) window.add(value);
    live.merge(window);
  }
  return { baseline, live };
}

/** The share of the values that are at most `x`. */
export function shareUpTo(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}

/** Exact shares, each with the errors of the distribution function at its two cuts added up. */
export function uncertain(shares: readonly number[], errors: readonly number[], count: number): UncertainShare[] {
  return shares.map((share, index) => ({
    share,
    error: (errors[index - 1] ?? 0) + (errors[index] ?? 0) + 1e-12,
    count,
  }));
}

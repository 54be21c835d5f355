import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import type { Column } from './recorder.ts';

/** Adds the value of every column to its series; returns how many were own values of `fields`. */
export type RecordColumns = (fields: object, window: WindowRecord) => number;

/** Adds one value the long way; returns whether it was an own value of `fields`. */
export type AddOne = (fields: object, name: string, series: Series, window: WindowRecord, value: unknown) => boolean;

/**
 * Straight-line code for a fixed list of columns: property reads by constant names are several times cheaper than
 * by variable ones. Names come from users and enter the code only through JSON.stringify.
 * @returns undefined where the runtime forbids code generation (`--disallow-code-generation-from-strings`).
 */
export function compileRecorder(columns: readonly Column[], addOne: AddOne): RecordColumns | undefined {
  const lines = columns.map(({ name, series }, i) => {
    const key = JSON.stringify(name);
    const long = `if (addOne(f, ${key}, columns[${i}].series, w, v)) n++;`;
    const fast = series.kind === 'number' ? "typeof v === 'number'" : "typeof v === 'string'";
    if (series.kind === undefined) return `v = f[${key}]; ${long}`;
    return `v = f[${key}]; x = s[${series.index}]; if (x !== undefined && ${fast}) { x.add(v); n++; } else ${long}`;
  });
  const body = `'use strict'; return (f, w) => { const s = w.summaries; let n = 0, v, x; ${lines.join('\n')} return n; };`;
  try {
    return new Function('columns', 'addOne', body)(columns, addOne) as RecordColumns;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

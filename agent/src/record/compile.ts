import { type ColumnBlock, type Layout, offsetOf } from './column-block.ts';
import type { Column } from './recorder.ts';

/**
 * Adds the value of every column to the block's row and goes on to the next. Returns how many were own values of `fields`;
 * NOTHING_NEW where `fields` has no others.
 */
export type RecordColumns = (fields: object, block: ColumnBlock) => number;

/** All values of an object were those of known columns. */
export const NOTHING_NEW = -1;

/** Adds one value the long way; returns whether it was an own value of `fields`. */
export type AddOne = (fields: object, column: Column, window: ColumnBlock['window'], value: unknown) => boolean;

/**
 * Straight-line code for a fixed list of columns: property reads by constant names are several times cheaper than
 * by variable ones. Names come from users and enter the code only through JSON.stringify. Numbers go into the block,
 * categories are counted where they are listed already, and everything else takes the long way. Names are counted by a
 * loop, which makes no list of them; what a prototype adds to it only costs a closer look.
 * @returns undefined where the runtime forbids code generation (`--disallow-code-generation-from-strings`).
 */
export function compileRecorder(columns: readonly Column[], layout: Layout, addOne: AddOne): RecordColumns | undefined {
  let numbers = 0;
  let categories = 0;
  const lines = columns.map(({ name, series, plain }, i) => {
    const read = `v = f[${JSON.stringify(name)}];`;
    const long = `if (!addOne(f, columns[${i}], b.window, v)) n--;`;
    if (series.kind === 'number') {
      const column = numbers++;
      const at = `${column * layout.stride} + ((i + ${offsetOf(column, layout)}) & ${layout.rows - 1})`;
      return `${read} if (typeof v === 'number' && v === v) a[${at}] = v; else { a[${at}] = NaN; ${long} }`;
    }
    if (series.kind === 'category' && plain) {
      const count = `t = c[${categories++}], s = t.slots.get(v)`;
      return `${read} if (typeof v === 'string' && (${count}, s !== undefined)) t.counts[s]++; else ${long}`;
    }
    return `${read} ${long}`;
  });
  const body = `'use strict'; return (f, b) => {
    const a = b.values, c = b.categories, i = b.row; let n = ${columns.length}, m = 0, v, s, t;
    ${lines.join('\n    ')}
    b.row = i + 1; if (b.due === i + 1) b.drainDue();
    for (v in f) m++;
    return m === n ? ${NOTHING_NEW} : n;
  };`;
  try {
    return new Function('columns', 'addOne', body)(columns, addOne) as RecordColumns;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

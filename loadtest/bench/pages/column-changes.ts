import type { Random } from '../../../collector/src/drift/random.ts';
import type { Column } from './column.ts';

/** What becomes of the values of an hour. */
export type ChangeOfColumn = (column: Column, random: Random) => Column;

/** Each number becomes another. */
const mapped =
  (change: (value: number, random: Random) => number): ChangeOfColumn =>
  (column, random) => ({ ...column, numbers: Float64Array.from(column.numbers ?? [], (x) => change(x, random)) });

/** All numbers are so many times as large. */
export const times = (factor: number) => mapped((value) => value * factor);

/** All numbers are so much larger. */
export const plus = (term: number) => mapped((value) => value + term);

/** All numbers are so many times as far from the middle. */
export const spread = (factor: number, middle: number) => mapped((value) => middle + factor * (value - middle));

/** A share of the numbers is another one. */
export const sometimes = (share: number, value: number) =>
  mapped((before, random) => (random.uniform() < share ? value : before));

/** A share of the categories is another one. */
export const renamed =
  (share: number, name: (random: Random) => string): ChangeOfColumn =>
  (column, random) => ({
    ...column,
    keys: (column.keys ?? []).map((key) => (random.uniform() < share ? name(random) : key)),
  });

/** The first value over and over. */
export const stuck: ChangeOfColumn = (column) => ({
  ...column,
  ...(column.numbers && { numbers: column.numbers.map(() => column.numbers![0]!) }),
  ...(column.keys && { keys: column.keys.map(() => column.keys![0]!) }),
});

/** A share of the rows has no value any more. */
export const missing = (share: number): ChangeOfColumn => lost(share, 'missing');

/** A share of the rows has a value of another type. */
export const wrong = (share: number): ChangeOfColumn => lost(share, 'wrong');

function lost(share: number, as: 'missing' | 'wrong'): ChangeOfColumn {
  return (column) => {
    const { numbers, keys } = column;
    const values = numbers?.length ?? keys?.length ?? 0;
    const rows = values + (column.missing ?? 0) + (column.wrong ?? 0);
    const gone = Math.min(values, Math.round(rows * share));
    return {
      ...column,
      ...(numbers && { numbers: numbers.subarray(gone) }),
      ...(keys && { keys: keys.slice(gone) }),
      [as]: (column[as] ?? 0) + gone,
    };
  };
}

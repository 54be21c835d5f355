import { isObject, isWhole, type OptionRow, readOptions } from '../option-table.ts';
import { MAX_TOP } from '../record/ranked.ts';

const TOP_TABLE: readonly OptionRow[] = [
  {
    name: 'top',
    type: 'number',
    doc: 'how many items of a list are counted',
    accepts: isWhole(1, MAX_TOP),
    expected: `a whole number from 1 to ${MAX_TOP}`,
  },
];

/** The option that says an answer is a ranked list. */
export const RANKED_ROW: OptionRow = {
  name: 'ranked',
  type: 'true or { top? }',
  doc: 'the prediction is a list of items, best first: the first `top` (10) are counted as `item`, the first alone as `top`, and the `length`',
  accepts: (value) => value === true || isObject(value),
  expected: 'true or { top? }',
  inside: (value: true | object, path, mistakes) => {
    if (value !== true) readOptions(TOP_TABLE, value, path, mistakes);
  },
};

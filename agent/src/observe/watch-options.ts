import { isObject, type OptionRow } from '../option-table.ts';

/** Options that everything that is watched has, be it a function or a session. */
export const WATCH_ROWS: readonly OptionRow[] = [
  {
    name: 'role',
    type: 'string',
    default: 'inference',
    doc: '`inference`, or `step` for a part of one, which adds fields but neither rows nor errors',
    accepts: (value) => value === 'inference' || value === 'step',
    expected: 'inference or step',
  },
  {
    name: 'model',
    type: 'object',
    doc: "another model version than the agent's own",
    accepts: isObject,
    expected: 'an object',
  },
];

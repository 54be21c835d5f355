import { isFunction, type OptionRow } from './option-table.ts';

/** Where trouble is told. */
export const LOG_ROW: OptionRow = {
  name: 'log',
  type: '(message) => void',
  default: (message: string): void => process.emitWarning(message, 'TidemarkWarning'),
  defaultText: '`process.emitWarning`',
  doc: 'told about trouble, at most once a minute',
  accepts: isFunction,
  expected: 'a function',
};

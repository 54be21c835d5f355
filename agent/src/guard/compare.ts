import type { Comparison } from './stage-plan.ts';

// Longer texts are no names, dates or codes; comparing two of a megabyte takes tens of microseconds.
const MAX_COMPARED = 1_024;

/** Whether two values stand in a relation. Values that cannot be put in an order, NaN among them, do not. */
export function compares(a: unknown, check: Comparison, b: unknown): boolean {
  if (isNumber(a) && isNumber(b)) return ordered(a, check, b);
  if (isShortText(a) && isShortText(b)) return ordered(a, check, b);
  if (typeof a !== 'boolean' || typeof b !== 'boolean') return false;
  return check === '=' ? a === b : check === '!=' && a !== b;
}

function ordered(a: number | bigint | string, check: Comparison, b: number | bigint | string): boolean {
  switch (check) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '>':
      return a > b;
    // A big integer equals the number of the same worth.
    case '=':
      return a <= b && a >= b;
    default:
      return a < b || a > b;
  }
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || typeof value === 'number';
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_COMPARED;
}

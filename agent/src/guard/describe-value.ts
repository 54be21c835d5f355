import { types } from 'node:util';
import { show } from '../errors.ts';

// A longer text is cut before it is written as JSON, which would take milliseconds for a megabyte.
const SHOWN = 80;

/** Type and size of a value, never the value: verdicts end up in logs. Never throws. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'number':
      if (Number.isNaN(value)) return 'NaN';
      return Number.isFinite(value) ? 'a number' : 'an infinite number';
    case 'string':
      return `text of ${value.length} characters`;
    case 'object':
      return describeObject(value);
    case 'undefined':
      return 'nothing';
    case 'bigint':
      return 'a big integer';
    default:
      return `a ${typeof value}`;
  }
}

/** The value itself where it is a scalar, cut to 80 characters, else what `describeValue` says. */
export function showScalar(value: unknown): string {
  if (typeof value === 'string') return show(value.slice(0, SHOWN));
  if (typeof value === 'number') return String(value);
  // One of a million digits takes milliseconds to write.
  if (typeof value === 'bigint') return BigInt.asIntN(65, value) === value ? String(value) : describeValue(value);
  return typeof value === 'boolean' ? String(value) : describeValue(value);
}

function describeObject(value: object | null): string {
  if (value === null) return 'nothing';
  // Asking a revoked proxy whether it is an array throws.
  if (types.isProxy(value)) return 'an object';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return types.isDate(value) ? 'a date' : 'an object';
}

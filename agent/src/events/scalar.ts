import { types } from 'node:util';
import { hush } from '../shield.ts';

/** A single value of an event; undefined = it was missing. */
export type EventScalar = number | string | boolean | undefined;

/** Said of what is no single value, and stays where it is. */
export const NO_SCALAR: unique symbol = Symbol('no scalar');

// Text of 256 digits is cut anyway, and writing out a huge integer takes time that grows with its square.
const LARGEST_INTEGER = 10n ** 255n;

/**
 * `value` as events hold it: numbers, texts (uncut) and booleans as they are, big integers as their digits, dates as
 * ISO 8601; null, undefined and invalid dates are missing. Anything else is NO_SCALAR: objects, boxed values,
 * functions, symbols and arrays of any kind, however short.
 */
export function scalarOf(value: unknown): EventScalar | typeof NO_SCALAR {
  switch (typeof value) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'undefined':
      return value;
    case 'bigint':
      return value < LARGEST_INTEGER && value > -LARGEST_INTEGER ? String(value) : NO_SCALAR;
    case 'object':
      if (value === null) return undefined;
      if (types.isDate(value)) return isoOf(value);
      hush(value);
      return NO_SCALAR;
    default:
      return NO_SCALAR;
  }
}

/** Whether an object holds its values by name. Lists, bytes and maps do not: their keys would be positions, or nothing. */
export function holdsNames(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return !(
    Array.isArray(value) ||
    ArrayBuffer.isView(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isDate(value) ||
    types.isPromise(value) ||
    types.isBoxedPrimitive(value)
  );
}

/** By the language's own methods: those of the object may be the caller's. */
function isoOf(date: Date): string | undefined {
  return Number.isNaN(Date.prototype.getTime.call(date)) ? undefined : Date.prototype.toISOString.call(date);
}

import { types } from 'node:util';

// Beyond, two answers are compared by their first values.
const MAX_VALUES = 4_096;

/**
 * What a champion has answered, as it is now: callers change what they are given. Lists and objects of named values are
 * copied, one level deep; of a long list the first values, and how long it is.
 */
export function snapshotOf(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !isPlain(answer)) return answer;
  if (!isList(answer)) return { ...answer };
  const copy = Array.from({ length: comparedOf(answer) }, (_, i) => answer[i]);
  copy.length = answer.length;
  return copy;
}

/**
 * Whether two answers agree: scalars where they are equal, numbers where they are no further apart than `tolerance`,
 * lists and objects where all their values do; undefined where they are of a kind that cannot be compared.
 */
export function agree(a: unknown, b: unknown, tolerance: number): boolean | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return agreeAlone(a, b, tolerance);
  if (isList(a) !== isList(b) || !isPlain(a) || !isPlain(b)) return undefined;
  const names = isList(a) ? indexesOf(a) : Object.keys(a);
  const [size, other] = isList(a) && isList(b) ? [a.length, b.length] : [names.length, Object.keys(b).length];
  if (size !== other) return false;
  let comparable = true;
  for (const name of names) {
    if (!Object.hasOwn(b, name)) return false;
    const one = agreeAlone((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name], tolerance);
    if (one === false) return false;
    if (one === undefined) comparable = false;
  }
  return comparable ? true : undefined;
}

/** By how much the second answer is above the first, where each is one number; undefined else. */
export function differenceOf(a: unknown, b: unknown): number | undefined {
  const [from, to] = [numberOf(a), numberOf(b)];
  return from === undefined || to === undefined ? undefined : to - from;
}

function agreeAlone(a: unknown, b: unknown, tolerance: number): boolean | undefined {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (kindA === undefined || kindB === undefined) return undefined;
  if (kindA !== kindB) return false;
  if (kindA !== 'number') return kindA === 'missing' || a === b;
  const [x, y] = [Number(a), Number(b)];
  return x === y || (Number.isNaN(x) && Number.isNaN(y)) || Math.abs(x - y) <= tolerance;
}

function kindOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return 'missing';
  if (typeof value === 'bigint') return 'number';
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? typeof value
    : undefined;
}

/** A number, or the only value of an object where that is one. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || isList(value)) return undefined;
  const [only, ...more] = Object.values(value);
  return more.length === 0 && (typeof only === 'number' || typeof only === 'bigint') ? Number(only) : undefined;
}

function isList(value: object): value is ArrayLike<unknown> & object {
  return Array.isArray(value) || types.isTypedArray(value);
}

/** Whether an object's own values are all there is to it, as far as can be seen: of some nothing can be seen at all. */
function isPlain(value: object): boolean {
  if (isList(value)) return true;
  if (types.isMap(value) || types.isSet(value) || types.isPromise(value) || types.isDate(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.keys(value).length > 0;
}

function comparedOf(list: ArrayLike<unknown>): number {
  return Math.min(list.length, MAX_VALUES);
}

function indexesOf(list: ArrayLike<unknown>): string[] {
  return Array.from({ length: comparedOf(list) }, (_, i) => String(i));
}

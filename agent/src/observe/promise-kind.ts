import { types } from 'node:util';

/**
 * Whether `value` is, or may be, something that can be awaited; found out without running code of the caller's. A
 * `then` behind a getter counts as one; a proxy is not asked, since reading from it may be work.
 */
export function isThenable(value: unknown): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  if (types.isPromise(value)) return true;
  return !types.isProxy(value) && 'then' in value && hasThen(value);
}

/** A promise of the language whose `then` nobody has changed, of this realm or another. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  if (!types.isPromise(value) || Object.hasOwn(value, 'then') || Object.hasOwn(value, 'constructor')) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Promise.prototype) return true;
  if (prototype === null) return false;
  // A class derived from Promise may start its work in `then`; only another realm's own Promise is as plain as ours.
  return (prototype as Promise<unknown>).constructor?.name === 'Promise' && Object.hasOwn(prototype as object, 'then');
}

/** Whether `fn` makes a new promise for every call. */
export function makesFreshPromises(fn: unknown): boolean {
  // An async generator function is both.
  return types.isAsyncFunction(fn) && !types.isGeneratorFunction(fn);
}

function hasThen(value: object): boolean {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const property = Object.getOwnPropertyDescriptor(at, 'then');
    if (property !== undefined) return property.get !== undefined || typeof property.value === 'function';
  }
  return false;
}

import { types } from 'node:util';

/**
 * The agent's one wall: what is behind it may fail without the host noticing. Returns `work` with every
 * exception turned into `undefined`, after telling `failed`, which must not throw.
 */
export function shielded<A extends readonly unknown[], R>(
  work: (...args: A) => R,
  failed: (error: unknown) => void,
): (...args: A) => R | undefined {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      failed(error);
      return undefined;
    }
  };
}

/** Takes a promise that was given where none belongs: a rejection of it would be nobody's, and end the process. */
export function hush(given: unknown): void {
  if (!types.isPromise(given)) return;
  try {
    Promise.prototype.then.call(given, undefined, () => {});
  } catch {
    // Its class does not let itself be looked at.
  }
}

// A list that is longer was not made by one call's forgotten `await`.
const MAX_ITEMS = 4_096;

/** The same for a value that is of no kind it could be recorded as: a promise, or a list with promises among its items. */
export function hushValue(given: unknown): void {
  if (typeof given !== 'object' || given === null) return;
  try {
    if (!Array.isArray(given)) hush(given);
    else for (let i = 0; i < given.length && i < MAX_ITEMS; i++) hush(given[i]);
  } catch {
    // A proxy or a getter of the caller's.
  }
}

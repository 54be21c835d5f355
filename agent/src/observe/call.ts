import { types } from 'node:util';
import type { Call, CallWatch } from './call-watch.ts';

/** A function of which nothing is known. */
export type Callable = (...args: never[]) => unknown;

type Watching = Omit<CallWatch, 'replaces'>;

/** A watch behind the shield: nothing it does reaches the host, and `begin` may have failed. */
export type ShieldedWatch = {
  readonly [K in keyof Watching]: (...args: Parameters<Watching[K]>) => ReturnType<Watching[K]> | undefined;
} & { readonly replaces: boolean };

/**
 * Calls `fn` as the caller would and returns or throws what it does, untouched, after telling `watch`.
 *
 * A promise that nobody but this call can hold (that of an async function) is answered by one that follows it, so
 * that a rejection nobody handles stays unhandled as without us. Any other promise is returned itself and observed
 * beside, unless the watch may replace the result; there a rejection counts as handled. A thenable that is no promise may be lazy: it is left alone.
 */
export function watchedCall(
  fn: Callable,
  self: unknown,
  args: unknown[],
  watch: ShieldedWatch,
  fresh: boolean,
): unknown {
  const call = watch.begin(args);
  if (call === undefined) return Reflect.apply(fn, self, args);
  if (call.instead !== undefined) return call.instead();
  let result: unknown;
  try {
    result = Reflect.apply(fn, self, args);
  } catch (error) {
    watch.fail(call, error);
    throw error;
  }
  if (!isThenable(result)) return answered(result, call, args, watch);
  if (!isPlainPromise(result)) {
    watch.lose(call);
    return result;
  }
  return fresh || watch.replaces ? followed(result, call, args, watch) : observed(result, call, args, watch);
}

/** Whether `fn` makes a new promise for every call. */
export function makesFreshPromises(fn: unknown): boolean {
  return types.isAsyncFunction(fn);
}

function followed(promise: Promise<unknown>, call: Call, args: unknown[], watch: ShieldedWatch): Promise<unknown> {
  return promise.then(
    (value) => answered(value, call, args, watch),
    (error: unknown) => {
      watch.fail(call, error);
      throw error;
    },
  );
}

/** What the caller gets for a result: the result, unless the watch has been asked to put something in its place. */
function answered(result: unknown, call: Call, args: unknown[], watch: ShieldedWatch): unknown {
  const instead = watch.end(call, result, args);
  return instead === undefined ? result : instead();
}

function observed(promise: Promise<unknown>, call: Call, args: unknown[], watch: ShieldedWatch): Promise<unknown> {
  promise.then(
    (value) => void watch.end(call, value, args),
    (error) => watch.fail(call, error),
  );
  return promise;
}

function isThenable(value: unknown): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  if (types.isPromise(value)) return true;
  try {
    return typeof (value as { then?: unknown }).then === 'function';
  } catch {
    // A getter of the caller's that throws is theirs to meet.
    return false;
  }
}

/** A promise of the language whose `then` nobody has changed, of this realm or another. */
function isPlainPromise(value: unknown): value is Promise<unknown> {
  if (!types.isPromise(value) || Object.hasOwn(value, 'then') || Object.hasOwn(value, 'constructor')) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Promise.prototype) return true;
  if (prototype === null) return false;
  // A class derived from Promise may start its work in `then`; only another realm's own Promise is as plain as ours.
  return (prototype as Promise<unknown>).constructor?.name === 'Promise' && Object.hasOwn(prototype as object, 'then');
}

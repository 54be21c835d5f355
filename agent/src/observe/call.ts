import type { Call, Instead } from './call-watch.ts';
import { isPlainPromise, isThenable } from './promise-kind.ts';
import type { ShieldedWatch } from './shielded-watch.ts';

/** A function of which nothing is known. */
export type Callable = (...args: never[]) => unknown;

/**
 * Takes over calls that answered something to iterate over: the call then ends when the iteration does.
 * @returns what the caller gets in the place of `result`; undefined where it is nothing to follow.
 */
export type FollowStream = (
  result: unknown,
  call: Call,
  args: readonly unknown[],
  watch: ShieldedWatch,
) => object | undefined;

/**
 * Calls `fn` as the caller would and returns or throws what it does, untouched, after telling `watch`.
 *
 * A promise is returned itself and observed beside, where a rejection counts as handled, unless the watch may replace
 * the result. A thenable that is no promise may be lazy: it is left alone.
 */
export function watchedCall(
  fn: Callable,
  self: unknown,
  args: unknown[],
  watch: ShieldedWatch,
  follow: FollowStream | undefined,
): unknown {
  const call = watch.begin(args);
  if (call === undefined) return invoke(fn, self, args);
  if (call.instead !== undefined) return watch.promises ? promised(call.instead) : call.instead();
  let result: unknown;
  try {
    result = invoke(fn, self, args);
  } catch (error) {
    watch.fail(call, error);
    throw error;
  }
  watch.promises = isThenable(result);
  if (!watch.promises) return answered(result, call, args, watch, follow, false);
  if (!isPlainPromise(result)) {
    watch.lose(call);
    return result;
  }
  if (watch.replaces || follow !== undefined) return followed(result, call, args, watch, follow);
  return observed(result, call, args, watch);
}

/** For callers that await, or catch, what they are given. */
async function promised(instead: Instead): Promise<unknown> {
  return instead();
}

/** Calls `fn` as `Reflect.apply` does; the usual call, of one argument and no `this`, at half the price. */
function invoke(fn: Callable, self: unknown, args: readonly unknown[]): unknown {
  if (self === undefined && args.length === 1) return (fn as (arg: unknown) => unknown)(args[0]);
  return Reflect.apply(fn, self, args as never[]);
}

/** The watch of a call, by what it is called on; undefined lets the call go bare. Must not throw. */
export type WatchOf = (self: unknown) => ShieldedWatch | undefined;

/**
 * The same for an async function, and an async function itself. The promise of `fn` is nobody's but the call's, so it
 * is answered by one that settles one tick later, and a rejection that nobody handles stays unhandled as without us.
 */
export function watchedAsync(
  fn: Callable,
  watched: ShieldedWatch | WatchOf,
  follow: FollowStream | undefined,
  selfOf?: (self: unknown) => unknown,
): Callable {
  return {
    async wrapper(this: unknown, ...args: unknown[]): Promise<unknown> {
      const self = selfOf === undefined ? this : selfOf(this);
      const watch = typeof watched === 'function' ? watched(self) : watched;
      const call = watch?.begin(args);
      if (watch === undefined || call === undefined) return await invoke(fn, self, args);
      if (call.instead !== undefined) return call.instead();
      let result: unknown;
      try {
        result = await invoke(fn, self, args);
      } catch (error) {
        watch.fail(call, error);
        throw error;
      }
      return answered(result, call, args, watch, follow, true);
    },
  }.wrapper as Callable;
}

/** What the caller gets for a result: the result, unless the watch has been asked to put something in its place. */
function answered(
  result: unknown,
  call: Call,
  args: readonly unknown[],
  watch: ShieldedWatch,
  follow: FollowStream | undefined,
  promised: boolean,
): unknown {
  if (follow !== undefined) {
    const stream = follow(result, call, args, watch);
    if (stream !== undefined) return stream;
  }
  const instead = watch.end(call, result, args, promised);
  return instead === undefined ? result : instead();
}

function followed(
  promise: Promise<unknown>,
  call: Call,
  args: readonly unknown[],
  watch: ShieldedWatch,
  follow: FollowStream | undefined,
): Promise<unknown> {
  return promise.then(
    (value) => answered(value, call, args, watch, follow, true),
    (error: unknown) => {
      watch.fail(call, error);
      throw error;
    },
  );
}

function observed(
  promise: Promise<unknown>,
  call: Call,
  args: readonly unknown[],
  watch: ShieldedWatch,
): Promise<unknown> {
  promise.then(
    (value) => void watch.end(call, value, args, false),
    (error) => watch.fail(call, error),
  );
  return promise;
}

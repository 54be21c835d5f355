import { type Callable, type FollowStream, watchedAsync, watchedCall } from './call.ts';
import type { CallWatch } from './call-watch.ts';
import { likeFunction } from './like-function.ts';
import { makesFreshPromises } from './promise-kind.ts';
import { copyShape } from './shape.ts';
import { ShieldedWatch } from './shielded-watch.ts';

const wrappers = new WeakSet<object>();

/** Whether `value` is something an agent has already wrapped. */
export function isWrapped(value: object): boolean {
  return wrappers.has(value);
}

/** Remembers `wrapper` as wrapped, so that it is not wrapped and counted twice. */
export function markWrapped(wrapper: object): void {
  wrappers.add(wrapper);
}

/** Gives `wrapper` the looks of `fn`, and remembers it as wrapped. */
export function dressed(fn: Callable, wrapper: Callable): Callable {
  copyShape(fn, wrapper);
  markWrapped(wrapper);
  return wrapper;
}

/**
 * A function that does what `fn` does and lets `watch` see its calls: same `this`, arguments, result and errors, and
 * the same looks. What is wrapped already is returned as it is.
 * @param failed told of everything `watch` throws; must not throw itself.
 * @param follow takes over calls whose answer is iterated over.
 * @param selfOf what `fn` is to run on, of what the wrapper is called on.
 */
export function wrapFunction<F extends Callable>(
  fn: F,
  watch: CallWatch,
  failed: (error: unknown) => void,
  follow?: FollowStream,
  selfOf?: (self: unknown) => unknown,
): F {
  if (isWrapped(fn)) return fn;
  return dressed(fn, wrapperOf(fn, new ShieldedWatch(watch, failed), follow, selfOf)) as unknown as F;
}

function wrapperOf(
  fn: Callable,
  watch: ShieldedWatch,
  follow: FollowStream | undefined,
  selfOf: ((self: unknown) => unknown) | undefined,
): Callable {
  if (makesFreshPromises(fn)) return watchedAsync(fn, watch, follow, selfOf);
  return likeFunction(fn, (self, args) =>
    watchedCall(fn, selfOf === undefined ? self : selfOf(self), args, watch, follow),
  );
}

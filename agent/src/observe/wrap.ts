import { type Callable, type FollowStream, watchedAsync, watchedCall } from './call.ts';
import type { CallWatch } from './call-watch.ts';
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
  const wrapper = wrapperOf(fn, new ShieldedWatch(watch, failed), follow, selfOf);
  copyShape(fn, wrapper);
  markWrapped(wrapper);
  return wrapper as unknown as F;
}

function wrapperOf(
  fn: Callable,
  watch: ShieldedWatch,
  follow: FollowStream | undefined,
  selfOf: ((self: unknown) => unknown) | undefined,
): Callable {
  if (makesFreshPromises(fn)) return watchedAsync(fn, watch, follow, selfOf);
  if (!isConstructor(fn)) return plain(fn, watch, follow, selfOf);
  const wrapper = constructible(fn, watch, follow);
  // Of a bound function, which has no `prototype` and does not care for `this`.
  return Object.hasOwn(fn, 'prototype') ? wrapper : wrapper.bind(undefined);
}

/** For arrows, methods and generator functions, which cannot be called with `new`. */
function plain(
  fn: Callable,
  watch: ShieldedWatch,
  follow: FollowStream | undefined,
  selfOf: ((self: unknown) => unknown) | undefined,
): Callable {
  return {
    wrapper(this: unknown, ...args: unknown[]): unknown {
      return watchedCall(fn, selfOf === undefined ? this : selfOf(this), args, watch, follow);
    },
  }.wrapper as Callable;
}

function constructible(fn: Callable, watch: ShieldedWatch, follow: FollowStream | undefined): Callable {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return watchedCall(fn, this, args, watch, follow);
    return Reflect.construct(fn, args, new.target === (wrapper as unknown) ? fn : new.target);
  };
  return wrapper as Callable;
}

/** Whether `new` can be used with `fn`, bound functions included; runs none of it. */
function isConstructor(fn: Callable): boolean {
  try {
    // Asks only whether `fn` would do as new.target.
    Reflect.construct(Object, [], fn);
    return true;
  } catch {
    return false;
  }
}

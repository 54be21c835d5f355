import { shielded } from '../shield.ts';
import { type Callable, makesFreshPromises, type ShieldedWatch, watchedCall } from './call.ts';
import type { CallWatch } from './call-watch.ts';
import { copyShape } from './shape.ts';

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
 */
export function wrapFunction<F extends Callable>(fn: F, watch: CallWatch, failed: (error: unknown) => void): F {
  if (isWrapped(fn)) return fn;
  const fresh = makesFreshPromises(fn);
  const safe = shieldedWatch(watch, failed);
  const wrapper = Object.hasOwn(fn, 'prototype') ? constructible(fn, safe, fresh) : plain(fn, safe, fresh);
  copyShape(fn, wrapper);
  markWrapped(wrapper);
  return wrapper as unknown as F;
}

/** For arrows, methods and async functions, which have no `prototype` and cannot be called with `new`. */
function plain(fn: Callable, watch: ShieldedWatch, fresh: boolean): Callable {
  return {
    wrapper(this: unknown, ...args: unknown[]): unknown {
      return watchedCall(fn, this, args, watch, fresh);
    },
  }.wrapper as Callable;
}

function constructible(fn: Callable, watch: ShieldedWatch, fresh: boolean): Callable {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return watchedCall(fn, this, args, watch, fresh);
    return Reflect.construct(fn, args, new.target === (wrapper as unknown) ? fn : new.target);
  };
  return wrapper as Callable;
}

function shieldedWatch(watch: CallWatch, failed: (error: unknown) => void): ShieldedWatch {
  return {
    replaces: watch.replaces === true,
    begin: shielded((args) => watch.begin(args), failed),
    end: shielded((call, result, args) => watch.end(call, result, args), failed),
    fail: shielded((call, error) => watch.fail(call, error), failed),
    lose: shielded((call) => watch.lose(call), failed),
  };
}

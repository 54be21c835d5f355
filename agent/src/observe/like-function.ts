import type { Callable } from './call.ts';

/** What is done with a call: what it was called on, and its arguments. */
export type Pass = (self: unknown, args: unknown[]) => unknown;

/**
 * A function that hands its calls to `pass`, and can be called with `new` where `fn` can: then it constructs what `fn`
 * constructs, and `pass` hears nothing of it. Name, length and other properties are not yet those of `fn`.
 */
export function likeFunction(fn: Callable, pass: Pass): Callable {
  if (!isConstructor(fn)) return plain(pass);
  const wrapper = constructible(fn, pass);
  // Of a bound function, which has no `prototype` and does not care for `this`.
  return Object.hasOwn(fn, 'prototype') ? wrapper : wrapper.bind(undefined);
}

/** For arrows, methods and generator functions, which cannot be called with `new`. */
function plain(pass: Pass): Callable {
  return {
    wrapper(this: unknown, ...args: unknown[]): unknown {
      return pass(this, args);
    },
  }.wrapper as Callable;
}

function constructible(fn: Callable, pass: Pass): Callable {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return pass(this, args);
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

import type { Callable } from './call.ts';
import { copyShape } from './shape.ts';
import type { ShareChoice } from './share-choice.ts';
import { markWrapped } from './wrap.ts';

/**
 * A function with the looks of `stable` that hands each call, `this` and all, to one of two functions. With `new` it
 * constructs what `stable` constructs.
 * @param serve what answers calls: the stable one, and the candidate for those that are chosen.
 */
export function canaryFunction<F extends Callable>(
  stable: F,
  serve: readonly [stable: Callable, candidate: Callable],
  choice: ShareChoice,
): F {
  const pass = (self: unknown, args: unknown[]): unknown =>
    Reflect.apply(choice.chosen(args) ? serve[1] : serve[0], self, args);
  const wrapper = Object.hasOwn(stable, 'prototype') ? constructible(stable, pass) : plain(pass);
  copyShape(stable, wrapper);
  markWrapped(wrapper);
  return wrapper as unknown as F;
}

type Pass = (self: unknown, args: unknown[]) => unknown;

function plain(pass: Pass): Callable {
  return {
    wrapper(this: unknown, ...args: unknown[]): unknown {
      return pass(this, args);
    },
  }.wrapper as Callable;
}

function constructible(stable: Callable, pass: Pass): Callable {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return pass(this, args);
    return Reflect.construct(stable, args, new.target === (wrapper as unknown) ? stable : new.target);
  };
  return wrapper as Callable;
}

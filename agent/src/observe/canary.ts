import type { Callable } from './call.ts';
import { likeFunction } from './like-function.ts';
import type { ShareChoice } from './share-choice.ts';
import { dressed } from './wrap.ts';

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
  const wrapper = likeFunction(stable, (self, args) =>
    Reflect.apply(choice.chosen(args) ? serve[1] : serve[0], self, args as never[]),
  );
  return dressed(stable, wrapper) as unknown as F;
}

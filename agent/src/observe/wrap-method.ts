import type { Callable } from './call.ts';
import { readCallOptions } from './call-options.ts';
import { methodOf, patchMethod } from './patch.ts';
import { SwitchedWatch } from './switched-watch.ts';
import type { WatchPlace } from './watch-place.ts';
import { isWrapped, wrapFunction } from './wrap.ts';
import { watchedBy } from './wrap-call.ts';

/**
 * Ends the watching of a method and puts back exactly what was there. Where somebody else has put something in the
 * place since, that stays: the method goes bare and the answer is false. A second call does nothing.
 */
export type Unwrap = () => boolean;

/**
 * `agent.wrapMethod`: a prototype's method covers all of its objects. A method that is wrapped already stays as it is.
 * @throws {AgentError} TIDEMARK_NOT_WRAPPABLE, TIDEMARK_OPTION_INVALID, TIDEMARK_MODEL_LIMIT.
 */
export function wrapMethod(place: WatchPlace, object: object, name: PropertyKey, given: unknown): Unwrap {
  const method = methodOf('wrapMethod', object, name) as Callable;
  const { watch, version, follow } = watchedBy(place, method, readCallOptions('wrapMethod', method, given));
  if (!place.enabled || isWrapped(method)) return () => true;
  const switched = new SwitchedWatch(watch);
  const patch = patchMethod('wrapMethod', object, name, wrapFunction(method, switched, place.failed(version), follow));
  let restored: boolean | undefined;
  return () => {
    switched.turnOff();
    restored ??= patch.undo();
    return restored;
  };
}

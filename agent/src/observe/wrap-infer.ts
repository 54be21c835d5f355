import type { Callable } from './call.ts';
import { checkFunction } from './call-options.ts';
import { FetchWatch } from './fetch-watch.ts';
import { readInferOptions } from './infer-options.ts';
import { InferWatch } from './infer-watch.ts';
import type { WatchPlace } from './watch-place.ts';
import { wrapFunction } from './wrap.ts';

/** `agent.wrapInfer`. @throws {AgentError} TIDEMARK_NOT_WRAPPABLE, TIDEMARK_OPTION_INVALID, TIDEMARK_MODEL_LIMIT. */
export function wrapInfer<F extends Callable>(place: WatchPlace, client: F, given: unknown): F {
  checkFunction('wrapInfer', client);
  const watch = new InferWatch(place, readInferOptions('wrapInfer', given));
  return place.enabled ? wrapFunction(client, watch, place.failed(place.own)) : client;
}

/** `agent.wrapFetch`. @throws {AgentError} as `wrapInfer`. */
export function wrapFetch<F extends Callable>(place: WatchPlace, fetch: F, given: unknown): F {
  checkFunction('wrapFetch', fetch);
  const failed = place.failed(place.own);
  const watch = new FetchWatch(new InferWatch(place, readInferOptions('wrapFetch', given)), failed);
  return place.enabled ? wrapFunction(fetch, watch, failed) : fetch;
}

import type { Callable } from './call.ts';
import type { AnswerOf, BatchOptions, CallOptions } from './call-options.ts';
import { type FastifyPlugin, fastifyPlugin } from './fastify.ts';
import type { FastifyOptions } from './fastify-options.ts';
import type { InferOptions } from './infer-options.ts';
import { instrument, type OnnxRuntime, type Uninstrument } from './instrument.ts';
import type { InstrumentOptions } from './instrument-options.ts';
import type { BatchStepOptions, StepOptions } from './step-options.ts';
import type { WatchPlace } from './watch-place.ts';
import { wrapCall, wrapStep } from './wrap-call.ts';
import { wrapFetch, wrapInfer } from './wrap-infer.ts';
import { type Unwrap, wrapMethod } from './wrap-method.ts';

/** Names of the methods of `T`. */
export type MethodName<T> = { [K in keyof T]-?: T[K] extends Callable ? K : never }[keyof T];
type MethodOf<T, K extends keyof T> = Extract<T[K], Callable>;

/**
 * Everything that can be watched for one model version, but sessions one by one. All methods throw only `AgentError`,
 * and only while they are called themselves: TIDEMARK_OPTION_INVALID, TIDEMARK_NOT_WRAPPABLE, TIDEMARK_MODEL_LIMIT.
 */
export interface WatchHandle {
  /** A function that does what `fn` does and is watched; its calls throw nothing of ours. */
  wrap<F extends Callable, C = AnswerOf<ReturnType<F>>>(
    fn: F,
    options?: CallOptions<Parameters<F>, ReturnType<F>, C>,
  ): F;
  /** The same for a function that answers many inferences at once; each is a row. */
  wrap<F extends Callable>(fn: F, options: BatchOptions<Parameters<F>, ReturnType<F>>): F;
  /** Puts a watched form in the place of a method, of one object or, on a prototype, of all of its objects. */
  wrapMethod<T extends object, K extends MethodName<T>, C = AnswerOf<ReturnType<MethodOf<T, K>>>>(
    object: T,
    name: K,
    options?: CallOptions<Parameters<MethodOf<T, K>>, ReturnType<MethodOf<T, K>>, C>,
  ): Unwrap;
  wrapMethod<T extends object, K extends MethodName<T>>(
    object: T,
    name: K,
    options: BatchOptions<Parameters<MethodOf<T, K>>, ReturnType<MethodOf<T, K>>>,
  ): Unwrap;
  /** A step of the pipeline: its output goes to stage `step:<name>`, its latency to `latency/<name>_ms`. */
  step<F extends Callable>(name: string, fn: F, options?: StepOptions<Parameters<F>, ReturnType<F>>): F;
  step<F extends Callable>(name: string, fn: F, options: BatchStepOptions<Parameters<F>, ReturnType<F>>): F;
  /** Watches every session of an ONNX runtime, those that exist already too, until the answer is called. */
  instrument(runtime: OnnxRuntime, options?: InstrumentOptions): Uninstrument;
  /** A client of the Open Inference Protocol, `(request) => response`, that is watched. */
  wrapInfer<F extends Callable>(client: F, options?: InferOptions): F;
  /** A `fetch` whose calls to `/v2/models/…/infer` are watched; others pass. */
  wrapFetch<F extends Callable>(fetch: F, options?: InferOptions): F;
  /** A plugin for fastify that watches the routes named. */
  fastify(options: FastifyOptions): FastifyPlugin;
}

/** The handle whose watches put what they see into `place`. */
export function watchHandle(place: WatchPlace): WatchHandle {
  return {
    wrap: (fn: Callable, given: unknown = {}) => wrapCall(place, fn, given) as never,
    wrapMethod: (object: object, name: PropertyKey, given: unknown = {}) => wrapMethod(place, object, name, given),
    step: (name: string, fn: Callable, given: unknown = {}) => wrapStep(place, name, fn, given) as never,
    instrument: (runtime, given = {}) => instrument(place, runtime, given),
    wrapInfer: (client, given = {}) => wrapInfer(place, client, given),
    wrapFetch: (fetch, given = {}) => wrapFetch(place, fetch, given),
    fastify: (given) => fastifyPlugin(place, given),
  };
}

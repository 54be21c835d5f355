import { types } from 'node:util';
import { Latency } from '../record/latency.ts';
import type { ModelVersion } from '../record/model-version.ts';
import { PairSeries } from '../record/pair-series.ts';
import { shielded } from '../shield.ts';
import { BatchWatch } from './batch-watch.ts';
import type { Callable, FollowStream } from './call.ts';
import { DEFAULT_KEEP, type ReadCallOptions, readCallOptions } from './call-options.ts';
import { eventTime, readersOf } from './call-readers.ts';
import type { CallWatch } from './call-watch.ts';
import { FunctionWatch } from './function-watch.ts';
import { type ReadStepOptions, readStepOptions } from './step-options.ts';
import { StepWatch } from './step-watch.ts';
import { streamFollower } from './stream.ts';
import { StreamSeries } from './stream-series.ts';
import type { WatchPlace } from './watch-place.ts';
import { wrapFunction } from './wrap.ts';

/** How a function is watched: by what, for which version, and what becomes of streams. */
export type Watched = {
  readonly watch: CallWatch;
  readonly version: ModelVersion;
  readonly follow: FollowStream | undefined;
};

/** `agent.wrap`. @throws {AgentError} TIDEMARK_OPTION_INVALID, TIDEMARK_NOT_WRAPPABLE, TIDEMARK_MODEL_LIMIT. */
export function wrapCall<F extends Callable>(place: WatchPlace, fn: F, given: unknown): F {
  const { watch, version, follow } = watchedBy(place, fn, readCallOptions('wrap', fn, given));
  return place.enabled ? wrapFunction(fn, watch, place.failed(version), follow) : fn;
}

/** `agent.step`. @throws {AgentError} as `wrapCall`. */
export function wrapStep<F extends Callable>(place: WatchPlace, name: string, fn: F, given: unknown): F {
  const options = readStepOptions(name, fn, given);
  const version = options.model === undefined ? place.own : place.find(options.model);
  return place.enabled ? wrapFunction(fn, stepWatch(place, version, name, options), place.failed(version)) : fn;
}

/** What watches a function by the options of `wrap`. */
export function watchedBy(place: WatchPlace, fn: Callable, options: ReadCallOptions): Watched {
  const version = options.model === undefined ? place.own : place.find(options.model);
  const watch =
    options.batch === undefined
      ? new FunctionWatch(place.capture, version, options)
      : batchWatch(place, version, options, options.batch);
  const follows = options.stream ?? (isAsyncGenerator(fn) && options.batch === undefined);
  return { watch, version, follow: follows ? follower(place, version, options) : undefined };
}

function batchWatch(
  { capture }: WatchPlace,
  version: ModelVersion,
  options: ReadCallOptions,
  batch: NonNullable<ReadCallOptions['batch']>,
): CallWatch {
  const role = options.role ?? 'inference';
  const before = readersOf(version, [
    ['input', options.input, false],
    ['feature', options.features, false],
  ]);
  const after = readersOf(version, [
    ['prediction', options.prediction, true],
    ['confidence', options.confidence, true],
  ]);
  return new BatchWatch(capture, {
    counting: { version, role, latency: new Latency(version, role === 'step' ? 'step_ms' : 'call_ms') },
    before,
    after,
    at: eventTime(capture, version, options.at),
    shape: batch === true ? {} : batch,
    pairs: PairSeries.of(version, ({ stage }) => [...before, ...after].some((reader) => reader.stage === stage)),
  });
}

function stepWatch(
  { capture }: WatchPlace,
  version: ModelVersion,
  name: string,
  { input, output, at, batch }: ReadStepOptions,
): CallWatch {
  const plan = {
    counting: { version, role: 'step', latency: new Latency(version, `${name}_ms`) },
    before: readersOf(version, [['input', input, false]]),
    after: readersOf(version, [[`step:${name}`, output ?? ((result: unknown) => result), true]]),
    at: eventTime(capture, version, at),
  } as const;
  if (batch === undefined) return new StepWatch(capture, plan);
  return new BatchWatch(capture, { ...plan, shape: batch === true ? {} : batch });
}

function follower(place: WatchPlace, version: ModelVersion, options: ReadCallOptions): FollowStream {
  const series = new StreamSeries(place.capture, version);
  const failed = place.failed(version);
  const { collect, keep = DEFAULT_KEEP, stream = false } = options;
  return streamFollower(
    {
      keep: collect === undefined ? 1 : keep,
      collect,
      ended: shielded((call, measure) => series.add(call, measure), failed),
      collectFailed: () => version.losses.add(version, 'extractor-failed'),
      failed,
    },
    stream,
  );
}

function isAsyncGenerator(fn: unknown): boolean {
  return types.isAsyncFunction(fn) && types.isGeneratorFunction(fn);
}

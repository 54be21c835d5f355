import type { FlushResult } from './export/exporter.ts';
import type { FlushOptions } from './export/shipper.ts';
import { LimitedLog } from './limited-log.ts';
import { goBy, handOver, makeListeners } from './listeners.ts';
import { Losses } from './losses.ts';
import type { ModelOptions } from './model-options.ts';
import type { Callable } from './observe/call.ts';
import { canaryFunction } from './observe/canary.ts';
import { FunctionWatch } from './observe/function-watch.ts';
import { type SessionLike, wrapSession } from './observe/session.ts';
import { readSessionOptions, type SessionOptions } from './observe/session-options.ts';
import { SessionWatch } from './observe/session-watch.ts';
import { shadowFunction } from './observe/shadow-function.ts';
import {
  type CanaryOptions,
  checkApart,
  readCanaryOptions,
  readShadowOptions,
  type ShadowOptions,
} from './observe/shadow-options.ts';
import { ShareChoice } from './observe/share-choice.ts';
import { type WatchHandle, watchHandle } from './observe/watch-handle.ts';
import { wrapFunction } from './observe/wrap.ts';
import type { WrapOptions } from './observe/wrap-options.ts';
import { type AgentOptions, type AgentSettings, readAgentOptions } from './options.ts';
import { Capture } from './record/capture.ts';
import { ModelRegistry } from './record/model-registry.ts';
import type { ModelVersion } from './record/model-version.ts';
import { recordOutcome } from './record/outcome-series.ts';
import { settleWindow } from './record/settle-window.ts';
import type { CollectorSettings } from './settings.ts';
import { hush } from './shield.ts';
import { makeShipping, type ShippingParts } from './shipping.ts';
import type { AgentStats } from './stats.ts';
import { IdleWindows } from './window/idle-windows.ts';
import { MAX_OPEN_WINDOWS, Roller } from './window/roller.ts';
import type { WindowRecord } from './window/window-record.ts';

/** Watches functions and sessions on behalf of one model version. */
export interface ModelHandle extends WatchHandle {
  /**
   * Tells what turned out to be true of a prediction, from any process, whenever it is known: `{ actual: 12 }`. Never
   * throws; what is wrong with it is counted in `stats().outcomes`.
   * @param predictionId what `id` of `wrap` named it, or `predictionIdOf(result)`.
   * @param options `at`, when it became known, in milliseconds since the epoch; `record`, whether it is also recorded as
   * series of stage `outcome`.
   */
  outcome(
    predictionId: string,
    values: Readonly<Record<string, number | string | boolean | null>>,
    options?: { readonly at?: number; readonly record?: boolean },
  ): void;
  /** A session that does what `session` does and is watched. @throws {AgentError} as `wrap`. */
  wrapSession<S extends SessionLike>(session: S, options?: SessionOptions): S;
  /**
   * A function that does what `champion` does and is watched; a share of its calls is run by `challenger` as well, after
   * they have been answered, on its own account and without `this`. Both are recorded, and their disagreement.
   * @throws {AgentError} as `wrap`.
   */
  shadow<F extends Callable>(champion: F, challenger: F, options: ShadowOptions<Parameters<F>, ReturnType<F>>): F;
  /**
   * A function with the looks of `stable` of which `candidate` answers a share of the calls, each recorded under its own
   * version. The agent being disabled or stopped does not change who answers. @throws {AgentError} as `wrap`.
   */
  canary<F extends Callable>(stable: F, candidate: F, options: CanaryOptions<Parameters<F>, ReturnType<F>>): F;
}

/** The agent of one process. */
export interface Agent extends ModelHandle {
  /** Another model version served by this process. @throws {AgentError} TIDEMARK_OPTION_INVALID, TIDEMARK_MODEL_LIMIT. */
  model(options: ModelOptions): ModelHandle;
  /** Resolves when everything captured before the call is acknowledged, or after `timeoutMs` (5 s). Never rejects. */
  flush(options?: FlushOptions): Promise<FlushResult>;
  /** Flushes and closes; what is wrapped goes on as if bare. Safe at any time, twice, and at once. Never rejects. */
  stop(options?: FlushOptions): Promise<FlushResult>;
  stats(): AgentStats;
}

/** What tests put in the place of the network and of chance. */
export type AgentParts = ShippingParts;

// Of the memory for the queue, the part that open windows may take, ...
const OPEN_SHARE = 2;
// ... and the part of blocks of columns.
const COLUMNS_SHARE = 4;

/**
 * Starts an agent: no connection is opened before there is something to send, and no timer keeps the process alive.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, naming every mistake at once.
 */
export function createAgent(options: AgentOptions): Agent {
  return startAgent(readAgentOptions(options));
}

/** Introduces the rooms to each other. */
export function startAgent(settings: AgentSettings, parts: AgentParts = {}): Agent {
  const losses = new Losses<ModelVersion>();
  const log = new LimitedLog(settings.log);
  const limits = { maxWindows: MAX_OPEN_WINDOWS, maxBytes: settings.maxQueueBytes / OPEN_SHARE };
  const idle = new IdleWindows<ModelVersion>(settings.windowMs);
  const roller = new Roller<ModelVersion>(settings.windowMs, limits, (window) => {
    idle.note(window, capture.now());
    shipping.exporter.push(settleWindow(window));
    shipping.exporter.send();
  });
  const random = parts.random ?? Math.random;
  const listeners = makeListeners(settings, { losses, log, clock: settings.clock, random });
  const { outcomes, tracing, filterOf } = listeners;
  const capture = new Capture(roller, settings.clock, listeners.around);
  const counts = () => ({ captured: capture.captured, dropped: losses.lostRows, open: roller.rows });
  const drain = () => {
    handOver(listeners, shipping.exporter);
    const now = capture.now();
    const served = roller.drain();
    for (const window of served) idle.note(window, now);
    return [...served.map(settleWindow), ...idle.take(now)];
  };
  const onSettings = (pushed: CollectorSettings) => goBy(pushed, models.all(), listeners);
  const outcomesWaiting = () => outcomes.account.pending;
  const shipping = makeShipping<WindowRecord<ModelVersion>>(
    settings,
    { losses, log, drain, counts, outcomesWaiting, onSettings },
    parts,
  );
  const models = new ModelRegistry(losses, settings.maxQueueBytes / COLUMNS_SHARE, filterOf);
  const { enabled } = settings;

  const handle = (own: ModelVersion): ModelHandle => ({
    outcome(predictionId, values, options) {
      const known = enabled && !capture.stopped ? outcomes.add(own, predictionId, values, options) : undefined;
      hush(options?.record);
      if (known !== undefined && options?.record === true) recordOutcome(capture, own, known);
    },
    ...watchHandle({ capture, own, find: (options) => models.get(options), enabled, failed }),
    wrapSession(session, given = {}) {
      const options = readSessionOptions(session, given);
      const version = options.model === undefined ? own : models.get(options.model);
      const watch = () => new SessionWatch(capture, version, session.inputNames, options);
      return enabled ? wrapSession(session, watch(), failed(version)) : session;
    },
    shadow(champion, challenger, given) {
      const options = readShadowOptions(champion, challenger, given);
      const versions = { champion: versionOf(own, options.first.model), challenger: models.get(options.second.model) };
      checkApart('challenger', versions.champion, versions.challenger);
      return enabled ? shadowFunction(champion, challenger, capture, versions, options, failed) : champion;
    },
    canary(stable, candidate, given) {
      const { first, second, share, key } = readCanaryOptions(stable, candidate, given);
      const [version, other] = [versionOf(own, first.model), models.get(second.model)];
      checkApart('candidate', version, other);
      const serve = <F extends Callable>(fn: F, by: ModelVersion, options: WrapOptions) =>
        enabled ? wrapFunction(fn, new FunctionWatch(capture, by, options), failed(by)) : fn;
      const lose = () => losses.add(other, 'extractor-failed');
      const salt = `${other.model}\u0000${other.version}`;
      const choice = new ShareChoice(share, { key, salt, random, lose });
      return canaryFunction(stable, [serve(stable, version, first), serve(candidate, other, second)], choice);
    },
  });
  const versionOf = (own: ModelVersion, given: ModelOptions | undefined) =>
    given === undefined ? own : models.get(given);
  const failed = (version: ModelVersion) => () => losses.add(version, 'capture-failed');

  const stats = (): AgentStats => {
    const shipped = shipping.stats();
    const { given, pending, dropped } = outcomes.account;
    return {
      ...shipped,
      captured: capture.captured,
      dropped: losses.totals('row'),
      incomplete: losses.totals('part'),
      outcomes: {
        ...shipped.outcomes,
        given,
        pending: shipped.outcomes.pending + pending,
        dropped: shipped.outcomes.dropped + dropped.invalid + dropped.full,
      },
    };
  };
  let stopping: Promise<FlushResult> | undefined;
  const stop = async (options?: FlushOptions): Promise<FlushResult> => {
    const result = await shipping.stop(options);
    tracing.settle();
    return result;
  };

  tracing.observe(stats);
  if (enabled) shipping.start();
  return Object.freeze({
    ...handle(models.get(settings.model)),
    model: (options: ModelOptions) => Object.freeze(handle(models.get(options))),
    flush: (options?: FlushOptions) => shipping.flush(options),
    stop(options?: FlushOptions) {
      capture.stop();
      stopping ??= stop(options);
      return stopping;
    },
    stats,
  });
}

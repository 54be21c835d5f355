import { monotonicMs } from '../clock.ts';
import type { Capture } from '../record/capture.ts';
import type { ModelVersion } from '../record/model-version.ts';
import type { Callable } from './call.ts';
import type { Call } from './call-watch.ts';
import { FunctionWatch } from './function-watch.ts';
import { HOST, type ShadowParts, ShadowRunner } from './shadow.ts';
import type { BothSides, ShadowSettings } from './shadow-options.ts';
import { ShadowSeries } from './shadow-series.ts';
import { ShareChoice } from './share-choice.ts';
import { wrapFunction } from './wrap.ts';
import type { WrapOptions } from './wrap-options.ts';

/** Sees the calls of a champion and hands some of them to the challenger. */
class ChampionWatch extends FunctionWatch {
  readonly #runner: ShadowRunner;
  readonly #chosen = new WeakMap<Call, readonly unknown[]>();

  constructor(capture: Capture, version: ModelVersion, options: WrapOptions, runner: ShadowRunner) {
    super(capture, version, options);
    this.#runner = runner;
  }

  override begin(...given: Parameters<FunctionWatch['begin']>): ReturnType<FunctionWatch['begin']> {
    // First, so that the copying does not count as the champion's time.
    const args = this.#runner.choose(given[0]);
    const call = super.begin(...given);
    if (args !== undefined && call !== undefined) this.#chosen.set(call, args);
    return call;
  }

  override end(...given: Parameters<FunctionWatch['end']>): ReturnType<FunctionWatch['end']> {
    const [call, result, championArgs] = given;
    const latencyMs = monotonicMs() - call.startedMs;
    const instead = super.end(...given);
    const args = this.#chosen.get(call);
    if (args !== undefined) this.#runner.run({ args, result, latencyMs, atMs: call.atMs }, championArgs);
    return instead;
  }
}

/** Where both sides of a shadow are recorded. */
export type ShadowVersions = { readonly champion: ModelVersion; readonly challenger: ModelVersion };

/**
 * A function that does what `champion` does and is watched, and of which a share of calls is run by `challenger` as
 * well, later and on its own account. The challenger is called without `this`.
 * @param failed told of everything of ours that throws.
 */
export function shadowFunction<F extends Callable>(
  champion: F,
  challenger: Callable,
  capture: Capture,
  versions: ShadowVersions,
  options: BothSides & ShadowSettings,
  failed: (version: ModelVersion) => (error: unknown) => void,
  host: ShadowParts = HOST,
): F {
  const { first, second } = options;
  const { losses, model, version } = versions.challenger;
  const series = new ShadowSeries(capture, versions.challenger);
  const watch = new FunctionWatch(capture, versions.challenger, second);
  const runner = new ShadowRunner({
    challenger: wrapFunction(challenger, watch, failed(versions.challenger)),
    settings: options,
    predictions: [first.prediction, second.prediction],
    choice: new ShareChoice(options.share, {
      key: options.key,
      salt: `${model}\u0000${version}`,
      random: host.random,
      lose: () => losses.add(versions.challenger, 'extractor-failed'),
    }),
    record: (atMs, comparison) => series.record(atMs, comparison),
    lose: (reason) => losses.add(versions.challenger, reason),
    stopped: () => capture.stopped,
    host,
  });
  return wrapFunction(
    champion,
    new ChampionWatch(capture, versions.champion, first, runner),
    failed(versions.champion),
  );
}

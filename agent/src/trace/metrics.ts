import {
  type Attributes,
  type BatchObservableResult,
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
  type Observable,
} from '@opentelemetry/api';
import { AGENT_VERSION } from '../agent-version.ts';
import type { VersionName } from '../losses.ts';
import type { Role } from '../record/capture.ts';
import { shielded } from '../shield.ts';
import { SCOPE_NAME } from './scope.ts';
import { MODEL_NAME, MODEL_VERSION, VERDICT, type VerdictLike } from './span-attributes.ts';

/** The part of `AgentStats` that is observed: inferences lost by reason, and bytes that wait. */
export type StatsLike = { readonly dropped: Readonly<Record<string, number>>; readonly queueBytes: number };

const ROLE = 'tidemark.role';
const LOSS_REASON = 'tidemark.loss.reason';
// Set on failures only, and `_OTHER` since a class of the caller's has no bounded number of names:
// https://opentelemetry.io/docs/specs/semconv/general/recording-errors
const FAILED: Attributes = { 'error.type': '_OTHER' };

/**
 * Bounds in seconds. Runs take 16 µs (a linear model in ONNX Runtime), 70 ms (a large batch) or the seconds of a
 * remote model; the default of the SDKs starts at 5 s when it is read as seconds.
 */
export const DURATION_BOUNDS_S = [
  0.000025, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];

type Instruments = {
  readonly meter: Meter;
  readonly duration: Histogram;
  readonly verdicts: Counter;
  readonly dropped: Observable;
  readonly queueSize: Observable;
};

/** Attributes of one version, made once: an SDK may keep them, so they are frozen. */
type VersionAttributes = {
  readonly [K in Role | 'inferenceFailed' | 'stepFailed' | VerdictLike['action']]: Attributes;
};

/**
 * The agent's metrics, all through the API. The global provider is looked up at every call (below 10 ns), since an
 * SDK that is registered after the agent was made would never be seen otherwise: the API has no stand-in meters.
 *
 * There is no count of calls beside the histogram: it has its own. Attributes are few and bounded: at most 4 series of a
 * version.
 */
export class InferenceMetrics {
  readonly #given: MeterProvider | undefined;
  readonly #attributes = new WeakMap<VersionName, VersionAttributes>();
  // Both are called by, or call, a provider that may be anybody's; neither may keep the agent from the next provider.
  readonly #report: (result: BatchObservableResult) => void;
  readonly #release: (instruments: Instruments) => void;
  #provider: MeterProvider | undefined;
  #instruments: Instruments | undefined;
  #stats: (() => StatsLike) | undefined;
  #last: VersionName | undefined;
  #lastAttributes: VersionAttributes | undefined;

  /**
   * @param given whose meters to use; without it, those of the global provider of the moment.
   * @param failed told of what fails while a provider collects; everything else is thrown.
   */
  constructor(given: MeterProvider | undefined, failed: (error: unknown) => void) {
    this.#given = given;
    this.#report = shielded((result) => this.#observed(result), failed);
    this.#release = shielded(
      ({ meter, dropped, queueSize }) => meter.removeBatchObservableCallback(this.#report, [dropped, queueSize]),
      failed,
    );
  }

  /** A call has ended after `latencyMs`; one without a latency (NaN) is left out. */
  finished(version: VersionName, role: Role, latencyMs: number, failed: boolean): void {
    const instruments = this.#bound();
    if (instruments === undefined || !(latencyMs >= 0)) return;
    const of = this.#of(version);
    const attributes =
      role === 'step' ? (failed ? of.stepFailed : of.step) : failed ? of.inferenceFailed : of.inference;
    instruments.duration.record(latencyMs / 1_000, attributes);
  }

  /** A guard has given a verdict other than to pass. */
  violated(version: VersionName, verdict: VerdictLike): void {
    this.#bound()?.verdicts.add(1, this.#of(version)[verdict.action]);
  }

  /** Reports these statistics at every collection from now on. */
  observe(stats: () => StatsLike): void {
    this.#stats = stats;
    this.#bound();
  }

  /** Reports the last statistics for good and lets go of what they came from. */
  settle(): void {
    const last = this.#stats?.();
    if (last !== undefined) this.#stats = () => last;
  }

  #bound(): Instruments | undefined {
    const provider = this.#given ?? metrics.getMeterProvider();
    return provider === this.#provider ? this.#instruments : this.#bind(provider);
  }

  #bind(provider: MeterProvider): Instruments | undefined {
    const before = this.#instruments;
    // First, so that one that throws is asked once and not at every call.
    this.#provider = provider;
    this.#instruments = undefined;
    if (before !== undefined) this.#release(before);
    const meter = provider.getMeter(SCOPE_NAME, AGENT_VERSION);
    if (meter === createNoopMeter()) return undefined;
    const made = makeInstruments(meter);
    meter.addBatchObservableCallback(this.#report, [made.dropped, made.queueSize]);
    this.#instruments = made;
    return made;
  }

  #observed(result: BatchObservableResult): void {
    const stats = this.#stats?.();
    const instruments = this.#instruments;
    if (stats === undefined || instruments === undefined) return;
    for (const [reason, count] of Object.entries(stats.dropped)) {
      result.observe(instruments.dropped, count, { [LOSS_REASON]: reason });
    }
    result.observe(instruments.queueSize, stats.queueBytes);
  }

  #of(version: VersionName): VersionAttributes {
    if (version === this.#last && this.#lastAttributes !== undefined) return this.#lastAttributes;
    const attributes = this.#attributes.get(version) ?? attributesOf(version);
    this.#attributes.set(version, attributes);
    this.#last = version;
    this.#lastAttributes = attributes;
    return attributes;
  }
}

function makeInstruments(meter: Meter): Instruments {
  return {
    meter,
    duration: meter.createHistogram('tidemark.inference.duration', {
      unit: 's',
      description: 'How long watched calls take; a batch is one call.',
      advice: { explicitBucketBoundaries: [...DURATION_BOUNDS_S] },
    }),
    verdicts: meter.createCounter('tidemark.guard.verdicts', {
      unit: '{verdict}',
      description: 'Inferences a guard has annotated, answered by a fallback or rejected.',
    }),
    dropped: meter.createObservableCounter('tidemark.agent.dropped', {
      unit: '{inference}',
      description: 'Inferences that will not reach the collector.',
    }),
    // It adds up over processes, so it is no gauge; otel.sdk.processor.span.queue.size is none either:
    // https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics
    queueSize: meter.createObservableUpDownCounter('tidemark.agent.queue.size', {
      unit: 'By',
      description: 'Estimated memory of what waits for the collector.',
    }),
  };
}

function attributesOf(version: VersionName): VersionAttributes {
  const base = { [MODEL_NAME]: version.model, [MODEL_VERSION]: version.version };
  const role = (name: Role, more: Attributes = {}) => Object.freeze({ ...base, [ROLE]: name, ...more });
  const action = (name: VerdictLike['action']) => Object.freeze({ ...base, [VERDICT]: name });
  return {
    inference: role('inference'),
    inferenceFailed: role('inference', FAILED),
    step: role('step'),
    stepFailed: role('step', FAILED),
    annotate: action('annotate'),
    fallback: action('fallback'),
    reject: action('reject'),
  };
}

import type { JudgeObserver } from '../alerting/judge-observer.ts';
import type { RequestObserver } from '../api/request-observer.ts';
import type { CommitObserver } from '../ingest/commit-observer.ts';
import type { DeliveryObserver } from '../notify/delivery-observer.ts';
import type { ReceiveObserver } from '../receive/receive-observer.ts';
import type { UpkeepObserver } from '../store/upkeep-observer.ts';
import { buildVersion } from './build-version.ts';
import { createCommitTelemetry } from './commit-telemetry.ts';
import { createDeliveryTelemetry } from './delivery-telemetry.ts';
import type { WarningLog } from './export-log.ts';
import type { HealthCheck } from './health.ts';
import { createJudgeTelemetry } from './judge-telemetry.ts';
import { type CollectorFigures, observeCollector, observeHealth, observeStore, type StoreFigures } from './observed.ts';
import type { Otlp } from './otlp.ts';
import { otlpSignals } from './otlp-signals.ts';
import { ProcessFigures } from './process-figures.ts';
import type { PrometheusText } from './prometheus-text.ts';
import { createReceiveTelemetry } from './receive-telemetry.ts';
import { MeterRecorder } from './recorder.ts';
import { createRequestTelemetry } from './request-telemetry.ts';
import { Sampler } from './sampler.ts';
import { createUpkeepTelemetry } from './upkeep-telemetry.ts';

/** How often what takes time is asked for, in ms. */
const SAMPLE_EVERY_MS = 10_000;
/** Longest wait for the last export, in ms; an endpoint that does not answer by then will not. */
const LAST_EXPORT_MS = 3_000;

/** What is asked of the rest of the collector. */
export type TelemetrySources = {
  readonly figures: CollectorFigures;
  readonly storeKind: 'postgres' | 'embedded';
  readonly readStore: () => Promise<StoreFigures>;
  readonly checkHealth: () => Promise<readonly HealthCheck[]>;
};

/**
 * What the collector says of itself: numbers for Prometheus, and by OTLP where the environment names an endpoint. It hears
 * the rooms through the observers that they declare.
 */
export class Telemetry {
  readonly onAnswer: ReceiveObserver;
  readonly onCommit: CommitObserver;
  readonly onJudged: JudgeObserver;
  readonly onDelivery: DeliveryObserver;
  readonly onRequest: RequestObserver;
  readonly onUpkeep: UpkeepObserver;
  readonly #recorder: MeterRecorder;
  readonly #text: PrometheusText;
  readonly #otlp: Otlp | null;
  readonly #process: ProcessFigures;
  readonly #samplers: Sampler<unknown>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopping: Promise<boolean> | undefined;

  private constructor(recorder: MeterRecorder, text: PrometheusText, otlp: Otlp | null) {
    const spans = otlp?.spans ?? null;
    this.#recorder = recorder;
    this.#text = text;
    this.#otlp = otlp;
    this.#process = new ProcessFigures(recorder);
    this.onAnswer = createReceiveTelemetry(recorder);
    this.onCommit = createCommitTelemetry(recorder, spans);
    this.onJudged = createJudgeTelemetry(recorder, spans);
    this.onDelivery = createDeliveryTelemetry(recorder, spans);
    this.onRequest = createRequestTelemetry(recorder, spans);
    this.onUpkeep = createUpkeepTelemetry(recorder, spans);
  }

  /**
   * Loads what is needed, and starts to export where `env`, which has to be that of this process, asks for it.
   * @throws {CollectorError} `CONFIG_INVALID`.
   */
  static async create(env: NodeJS.ProcessEnv, log: WarningLog): Promise<Telemetry> {
    const signals = otlpSignals(env);
    // Loaded here, since a command that serves nothing does not need it.
    const [{ MeterProvider }, { PrometheusText }] = await Promise.all([
      import('@opentelemetry/sdk-metrics'),
      import('./prometheus-text.ts'),
    ]);
    const isWanted = signals.traces || signals.metrics;
    const otlp = isWanted ? await (await import('./otlp.ts')).startOtlp(signals, log) : null;
    const text = new PrometheusText();
    const meters = [new MeterProvider({ readers: [text] }).getMeter('tidemark-collector', buildVersion())];
    if (otlp?.meter) meters.push(otlp.meter);
    return new Telemetry(new MeterRecorder(meters), text, otlp);
  }

  /** A run of judging has failed, be it before its first tick. */
  judgingFailed(): void {
    this.#recorder.count('tidemark.judging.failures', 1);
  }

  /** To be called once, when there is something to ask. */
  observe({ figures, storeKind, readStore, checkHealth }: TelemetrySources): void {
    const store = new Sampler(readStore);
    const health = new Sampler(async () => {
      const startedAt = performance.now();
      return { checks: await checkHealth(), tookMs: performance.now() - startedAt };
    });
    this.#samplers.push(store, health);
    observeCollector(this.#recorder, figures);
    observeStore(this.#recorder, () => store.latest);
    observeHealth(this.#recorder, () => health.latest);
    const build = { version: buildVersion(), nodejs: process.versions.node, store: storeKind };
    this.#recorder.observe('tidemark.build.info', (tell) => tell(1, build));
  }

  /** Does nothing when running or stopped. */
  start(): void {
    if (this.#timer !== undefined || this.#stopping !== undefined) return;
    this.#process.start();
    void this.#sample();
    this.#timer = setInterval(() => {
      this.#process.turn();
      void this.#sample();
    }, SAMPLE_EVERY_MS).unref();
  }

  /** Everything in the text format of Prometheus; from memory, whatever the store does. */
  metricsText(): Promise<string> {
    return this.#text.write();
  }

  /** Samples nothing more and exports what is left. True if everything got out. Safe twice, and before a start. */
  stop({ timeoutMs }: { timeoutMs: number }): Promise<boolean> {
    this.#stopping ??= this.#finish(Math.min(timeoutMs, LAST_EXPORT_MS));
    return this.#stopping;
  }

  async #finish(timeoutMs: number): Promise<boolean> {
    clearInterval(this.#timer);
    this.#process.stop();
    return this.#otlp === null || this.#otlp.stop(timeoutMs);
  }

  async #sample(): Promise<void> {
    await Promise.all(this.#samplers.map((sampler) => sampler.sample()));
  }
}

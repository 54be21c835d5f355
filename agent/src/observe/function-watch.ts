import { isTime, monotonicMs } from '../clock.ts';
import { type AnswerReader, RankedReader } from '../record/answer-reader.ts';
import type { Around } from '../record/around.ts';
import type { Capture, Counting, Window } from '../record/capture.ts';
import { type Extractor, FieldReader, type Named } from '../record/field-reader.ts';
import { Latency } from '../record/latency.ts';
import type { ModelVersion } from '../record/model-version.ts';
import { type PairRow, PairSeries } from '../record/pair-series.ts';
import type { Slice } from '../record/slices.ts';
import { hush } from '../shield.ts';
import type { Call, CallWatch, Instead } from './call-watch.ts';
import { type Before, type Ended, type Inspected, Inspector } from './inspector.ts';
import { SliceReader } from './slice-reader.ts';
import { readsOf, type WrapOptions } from './wrap-options.ts';

/** What a watch remembers of a call that is sliced or inspected, or has pairs. */
type Notes = {
  readonly slices: readonly Slice[] | undefined;
  readonly inspected: Inspected | undefined;
  readonly pairs: PairRow | undefined;
};

/** Sees the calls of one function and records what its extractors name. */
export class FunctionWatch implements CallWatch {
  readonly #capture: Capture;
  readonly #counting: Counting;
  readonly #input: FieldReader | undefined;
  readonly #features: FieldReader | undefined;
  readonly #prediction: AnswerReader | undefined;
  readonly #confidence: FieldReader | undefined;
  readonly #slices: SliceReader | undefined;
  readonly #pairs: PairSeries | undefined;
  readonly #inspector: Inspector | undefined;
  readonly #finished: Around['finished'];
  readonly #at: ((...args: unknown[]) => unknown) | undefined;

  constructor(capture: Capture, version: ModelVersion, options: WrapOptions) {
    const role = options.role ?? 'inference';
    this.#capture = capture;
    this.#counting = { version, role, latency: new Latency(version, role === 'step' ? 'step_ms' : 'call_ms') };
    const reader = (stage: string, extract: Extractor | undefined, scalars: boolean) =>
      extract && new FieldReader(version, stage, extract, scalars);
    this.#input = reader('input', options.input, false);
    this.#features = reader('feature', options.features, false);
    this.#prediction =
      options.ranked === undefined || options.prediction === undefined
        ? reader('prediction', options.prediction, true)
        : new RankedReader(version, 'prediction', options.prediction, options.ranked);
    this.#confidence = reader('confidence', options.confidence, true);
    const read = {
      input: this.#input,
      feature: this.#features,
      prediction: this.#prediction,
      confidence: this.#confidence,
    };
    this.#pairs = PairSeries.of(version, ({ stage }) => read[stage as keyof typeof read] !== undefined);
    this.#finished = capture.around.finished;
    this.#inspector = role === 'inference' ? Inspector.of(capture, version, options, readsOf(options)) : undefined;
    if (options.slices !== undefined) this.#slices = new SliceReader(version, options.slices);
    this.#at = options.at as ((...args: unknown[]) => unknown) | undefined;
  }

  get replaces(): boolean {
    return this.#inspector?.replaces === true;
  }

  begin(args: readonly unknown[]): Call {
    const stopped = this.#capture.stopped;
    const input = stopped ? undefined : this.#input?.read(args);
    const features = stopped ? undefined : this.#features?.read(args);
    // Read once, after what may take long and before what does not, for the event time and for the duration.
    const startedMs = monotonicMs();
    const atMs = this.#at === undefined ? this.#capture.now(startedMs) : this.#timeOf(args, this.#at);
    const slices = this.#slices === undefined || stopped ? undefined : this.#slices.read(args);
    if (input !== undefined || features !== undefined) {
      // Asked for only now: an extractor may have flushed, or called what else is watched.
      const window = this.#window(atMs);
      if (input !== undefined) record(this.#input as FieldReader, window, input, slices);
      if (features !== undefined) record(this.#features as FieldReader, window, features, slices);
    }
    const pairs = this.#pairs === undefined || stopped ? undefined : pairsBefore(this.#pairs, input, features);
    if (this.#inspector !== undefined && !stopped)
      return this.#inspected(
        this.#inspector,
        { atMs, startedMs, rows: 1 },
        { slices, pairs },
        { input, features },
        args,
      );
    const notes = slices === undefined && pairs === undefined ? undefined : { slices, pairs, inspected: undefined };
    return { atMs, startedMs, rows: 1, notes };
  }

  end(call: Call, result: unknown, args: readonly unknown[], promised = false): Instead | undefined {
    const latencyMs = monotonicMs() - call.startedMs;
    if (this.#capture.stopped) {
      this.#capture.finish(this.#counting, call.atMs, call.rows, false);
      return undefined;
    }
    const prediction = this.#prediction?.readResult(result, args);
    const confidence = this.#confidence?.readResult(result, args);
    const notes = call.notes as Notes | undefined;
    const window = this.#finish(call, false, latencyMs, notes?.slices);
    if (prediction !== undefined) record(this.#prediction as AnswerReader, window, prediction, notes?.slices);
    if (confidence !== undefined) record(this.#confidence as FieldReader, window, confidence, notes?.slices);
    if (notes?.pairs !== undefined) this.#addPairs(call, notes, notes.pairs, prediction, confidence);
    // Others hear of it only now: they may flush, and the window is another one then.
    this.#finished?.(this.#counting.version, this.#counting.role, latencyMs, false);
    if (notes?.inspected === undefined) return undefined;
    const after = { prediction, confidence };
    return this.#inspector?.answered(notes.inspected, after, result, args, promised, this.#ended(call, latencyMs));
  }

  fail(call: Call): void {
    const latencyMs = monotonicMs() - call.startedMs;
    if (this.#capture.stopped) {
      this.#capture.finish(this.#counting, call.atMs, call.rows, true);
      return;
    }
    const notes = call.notes as Notes | undefined;
    this.#finish(call, true, latencyMs, notes?.slices);
    this.#finished?.(this.#counting.version, this.#counting.role, latencyMs, true);
    if (notes?.inspected !== undefined) this.#inspector?.failed(notes.inspected, this.#ended(call, latencyMs));
  }

  lose(call: Call): void {
    this.#counting.version.losses.add(this.#counting.version, 'result-unobservable');
    this.#capture.finish(this.#counting, call.atMs, call.rows, false);
  }

  /** Has the call checked; one that something takes the place of ends here, without latency or answer of the function. */
  #inspected(
    inspector: Inspector,
    call: Call,
    kept: Omit<Notes, 'inspected'>,
    before: Before,
    args: readonly unknown[],
  ): Call {
    const inspected = inspector.before(before, args);
    const instead = inspector.instead(inspected, args);
    const whole = { ...call, notes: { ...kept, inspected }, instead };
    if (instead !== undefined) {
      this.#capture.count(this.#counting, this.#window(call.atMs), call.rows, false);
      inspector.replaced(inspected, this.#ended(whole, 0));
    }
    return whole;
  }

  #addPairs(
    call: Call,
    { slices }: Notes,
    row: PairRow,
    prediction: Named | undefined,
    confidence: Named | undefined,
  ): void {
    this.#pairs?.read(row, 'prediction', prediction);
    this.#pairs?.read(row, 'confidence', confidence);
    // Asked for only now: a getter may have flushed.
    this.#pairs?.add(this.#window(call.atMs), row, slices);
  }

  #ended(call: Call, latencyMs: number): Ended {
    const slice = (call.notes as Notes).slices?.[0]?.name ?? '';
    return { call, latencyMs, slice, window: () => this.#window(call.atMs) };
  }

  #finish(call: Call, failed: boolean, latencyMs: number, slices: readonly Slice[] | undefined): Window {
    const window = this.#window(call.atMs);
    this.#capture.count(this.#counting, window, call.rows, failed);
    this.#counting.latency.record(window, latencyMs);
    if (slices !== undefined) for (const slice of slices) this.#counting.latency.recordSlice(window, slice, latencyMs);
    return window;
  }

  #window(atMs: number): Window {
    return this.#capture.window(this.#counting.version, atMs);
  }

  #timeOf(args: readonly unknown[], at: (...args: unknown[]) => unknown): number {
    let answer: unknown;
    try {
      answer = at(...args);
      if (isTime(answer)) return answer;
    } catch {
      answer = undefined;
    }
    hush(answer);
    const { version } = this.#counting;
    version.losses.add(version, 'extractor-failed');
    return this.#capture.now();
  }
}

function pairsBefore(pairs: PairSeries, input: Named | undefined, features: Named | undefined): PairRow {
  const row = pairs.newRow();
  pairs.read(row, 'input', input);
  pairs.read(row, 'feature', features);
  return row;
}

/** Records what an extractor named, for all traffic and for the slices of the call. */
function record(reader: AnswerReader, window: Window, named: Named, slices: readonly Slice[] | undefined): void {
  reader.record(window, named);
  if (slices !== undefined) for (const slice of slices) reader.recordSlice(window, slice, named);
}

import { isTime } from '../clock.ts';
import { AgentError, type Mistake, optionsInvalid, show } from '../errors.ts';
import type { ModelOptions } from '../model-options.ts';
import { isFunction, isObject, type OptionRow, readOptions } from '../option-table.ts';
import type { Capture, Counting, Role, Window } from '../record/capture.ts';
import { type Extractor, FieldReader, type Named } from '../record/field-reader.ts';
import { latencySeries } from '../record/latency-series.ts';
import type { ModelVersion } from '../record/model-version.ts';
import { Recorder } from '../record/recorder.ts';
import type { Slice } from '../record/slices.ts';
import { hush } from '../shield.ts';
import type { Call, CallWatch } from './call-watch.ts';
import { checkSlices, type SliceOptions, SliceReader } from './slice-reader.ts';
import { WATCH_ROWS } from './watch-options.ts';

/** A single value, as a prediction or confidence may be; it is the field `value`. */
export type Scalar = number | bigint | string | boolean;

/** Options of `wrap`. Extractors get what the call got; those of the answer get the answer first. */
export type WrapOptions<A extends readonly unknown[] = readonly unknown[], R = unknown> = {
  /** Raw input by field name (stage `input`), read before the call. */
  readonly input?: (...args: A) => object | null | undefined;
  /** Features by name (stage `feature`), read before the call. */
  readonly features?: (...args: A) => object | null | undefined;
  readonly prediction?: (result: Awaited<R>, ...args: A) => Scalar | object | null | undefined;
  readonly confidence?: (result: Awaited<R>, ...args: A) => Scalar | object | null | undefined;
  /** Segments of the traffic by dimension (`{ country: (request) => request.country }`), each with series of its own. */
  readonly slices?: SliceOptions<A>;
  /** Event time of the call in milliseconds since the epoch; without it, the agent's clock. */
  readonly at?: (...args: A) => number;
  /** `inference` (default), or `step` for a part of one: it adds fields, but neither rows nor errors. */
  readonly role?: Role;
  /** Another model version than the agent's own. */
  readonly model?: ModelOptions;
};

const extractor = (name: string, doc: string): OptionRow => ({
  name,
  type: 'function',
  doc,
  accepts: isFunction,
  expected: 'a function',
});

/** Options of `wrap`. */
export const WRAP_TABLE: readonly OptionRow[] = [
  extractor('input', '`(...args) => object`: raw input by field name, read before the call'),
  extractor('features', '`(...args) => object`: features by name, read before the call'),
  extractor('prediction', '`(result, ...args) => object or scalar`: the answer; a scalar is the field `value`'),
  extractor('confidence', '`(result, ...args) => object or scalar`: how sure the answer is'),
  {
    name: 'slices',
    type: 'Record<string, function>',
    doc: '`{ country: (...args) => text }`: segments of the traffic by dimension, at most 8, each recorded once more as `country=DE`',
    accepts: isObject,
    expected: 'an object of functions',
    inside: checkSlices,
  },
  extractor('at', "`(...args) => number`: event time in milliseconds since the epoch, else the agent's clock"),
  ...WATCH_ROWS,
];

/**
 * Checks the options of `wrap`.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, TIDEMARK_NOT_WRAPPABLE.
 */
export function readWrapOptions(fn: unknown, given: unknown): WrapOptions {
  if (typeof fn !== 'function')
    throw new AgentError('TIDEMARK_NOT_WRAPPABLE', `wrap: expected a function, got ${show(fn)}`);
  const mistakes: Mistake[] = [];
  const options = readOptions(WRAP_TABLE, given, '', mistakes);
  if (mistakes.length > 0) throw optionsInvalid('wrap', mistakes);
  return options as WrapOptions;
}

/** Sees the calls of one function and records what its extractors name. */
export class FunctionWatch implements CallWatch {
  readonly #capture: Capture;
  readonly #counting: Counting;
  readonly #latency: Recorder;
  readonly #latencyField: 'call_ms' | 'step_ms';
  readonly #input: FieldReader | undefined;
  readonly #features: FieldReader | undefined;
  readonly #prediction: FieldReader | undefined;
  readonly #confidence: FieldReader | undefined;
  readonly #slices: SliceReader | undefined;
  readonly #at: ((...args: unknown[]) => unknown) | undefined;

  constructor(capture: Capture, version: ModelVersion, options: WrapOptions) {
    const role = options.role ?? 'inference';
    this.#latencyField = role === 'step' ? 'step_ms' : 'call_ms';
    this.#capture = capture;
    // The duration goes by a recorder here, which is cheaper for single calls.
    this.#counting = { version, role, latency: undefined };
    latencySeries(version, this.#latencyField);
    this.#latency = new Recorder(version, 'latency');
    const reader = (stage: string, extract: Extractor | undefined, scalars: boolean) =>
      extract && new FieldReader(version, stage, extract, scalars);
    this.#input = reader('input', options.input, false);
    this.#features = reader('feature', options.features, false);
    this.#prediction = reader('prediction', options.prediction, true);
    this.#confidence = reader('confidence', options.confidence, true);
    if (options.slices !== undefined) this.#slices = new SliceReader(version, options.slices);
    this.#at = options.at as ((...args: unknown[]) => unknown) | undefined;
  }

  begin(args: readonly unknown[]): Call {
    const stopped = this.#capture.stopped;
    const input = stopped ? undefined : this.#input?.read(args);
    const features = stopped ? undefined : this.#features?.read(args);
    // Read once, after what may take long and before what does not, for the event time and for the duration.
    const startedMs = performance.now();
    const atMs = this.#at === undefined ? this.#capture.now(startedMs) : this.#timeOf(args, this.#at);
    const slices = this.#slices === undefined || stopped ? undefined : this.#slices.read(args);
    if (input !== undefined || features !== undefined) {
      // Asked for only now: an extractor may have flushed, or called what else is watched.
      const window = this.#window(atMs);
      if (input !== undefined) record(this.#input as FieldReader, window, input, slices);
      if (features !== undefined) record(this.#features as FieldReader, window, features, slices);
    }
    return { atMs, startedMs, rows: 1, notes: slices };
  }

  end(call: Call, result: unknown, args: readonly unknown[]): undefined {
    const latencyMs = performance.now() - call.startedMs;
    if (this.#capture.stopped) {
      this.#capture.finish(this.#counting, call.atMs, call.rows, false);
      return;
    }
    const prediction = this.#prediction?.readResult(result, args);
    const confidence = this.#confidence?.readResult(result, args);
    const window = this.#finish(call, false, latencyMs);
    const slices = call.notes as readonly Slice[] | undefined;
    if (prediction !== undefined) record(this.#prediction as FieldReader, window, prediction, slices);
    if (confidence !== undefined) record(this.#confidence as FieldReader, window, confidence, slices);
  }

  fail(call: Call): void {
    const latencyMs = performance.now() - call.startedMs;
    if (this.#capture.stopped) this.#capture.finish(this.#counting, call.atMs, call.rows, true);
    else this.#finish(call, true, latencyMs);
  }

  lose(call: Call): void {
    this.#counting.version.losses.add(this.#counting.version, 'result-unobservable');
    this.#capture.finish(this.#counting, call.atMs, call.rows, false);
  }

  #finish(call: Call, failed: boolean, latencyMs: number): Window {
    const window = this.#window(call.atMs);
    this.#capture.count(this.#counting, window, call.rows, failed);
    this.#latency.recordOne(window, this.#latencyField, latencyMs);
    const slices = call.notes as readonly Slice[] | undefined;
    if (slices !== undefined)
      for (const slice of slices) this.#latency.recordSlice(window, slice, { [this.#latencyField]: latencyMs });
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

/** Records what an extractor named, for all traffic and for the slices of the call. */
function record(reader: FieldReader, window: Window, named: Named, slices: readonly Slice[] | undefined): void {
  reader.record(window, named);
  if (slices !== undefined) for (const slice of slices) reader.recordSlice(window, slice, named);
}

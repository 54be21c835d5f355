import { isTime } from '../clock.ts';
import { AgentError, type Mistake, optionsInvalid, show } from '../errors.ts';
import type { ModelOptions } from '../model-options.ts';
import { isFunction, type OptionRow, readOptions } from '../option-table.ts';
import type { Capture, Counting, Role } from '../record/capture.ts';
import { type Extractor, type FieldReader, fieldReader } from '../record/field-reader.ts';
import { latencySeries } from '../record/latency-series.ts';
import type { ModelVersion } from '../record/model-version.ts';
import { hush, shielded } from '../shield.ts';
import type { Call, CallWatch } from './call-watch.ts';
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
  readonly #before: readonly FieldReader[];
  readonly #after: readonly FieldReader[];
  readonly #at: ((args: readonly unknown[]) => unknown) | undefined;

  constructor(capture: Capture, version: ModelVersion, options: WrapOptions) {
    const role = options.role ?? 'inference';
    this.#capture = capture;
    this.#counting = { version, role, latency: latencySeries(version, role === 'step' ? 'step_ms' : 'call_ms') };
    const readers = (list: readonly [string, Extractor | undefined, boolean][]) =>
      list.flatMap(([stage, extract, scalars]) =>
        extract === undefined ? [] : [fieldReader(version, stage, extract, scalars)],
      );
    this.#before = readers([
      ['input', options.input, false],
      ['feature', options.features, false],
    ]);
    this.#after = readers([
      ['prediction', options.prediction, true],
      ['confidence', options.confidence, true],
    ]);
    const { at } = options;
    if (at !== undefined)
      this.#at = shielded(
        (args) => Reflect.apply(at, undefined, args),
        () => {},
      );
  }

  begin(args: readonly unknown[]): Call {
    const atMs = this.#timeOf(args);
    if (this.#before.length > 0 && !this.#capture.stopped) {
      this.#record(this.#before, atMs, args);
    }
    return { atMs, startedMs: performance.now(), rows: 1 };
  }

  end(call: Call, result: unknown, args: readonly unknown[]): undefined {
    const latencyMs = performance.now() - call.startedMs;
    this.#capture.finish(this.#counting, call.atMs, call.rows, false, latencyMs);
    if (this.#after.length === 0 || this.#capture.stopped) return;
    this.#record(this.#after, call.atMs, [result, ...args]);
  }

  fail(call: Call): void {
    this.#capture.finish(this.#counting, call.atMs, call.rows, true, performance.now() - call.startedMs);
  }

  lose(call: Call): void {
    const { version } = this.#counting;
    version.losses.add(version, 'result-unobservable');
    this.#capture.finish(this.#counting, call.atMs, call.rows, false);
  }

  #record(readers: readonly FieldReader[], atMs: number, args: readonly unknown[]): void {
    for (const reader of readers) {
      const fields = reader.read(args);
      // Asked for only now: an extractor may have flushed, or called what else is watched.
      if (fields !== undefined) reader.record(this.#capture.window(this.#counting.version, atMs), fields);
    }
  }

  #timeOf(args: readonly unknown[]): number {
    if (this.#at === undefined) return this.#capture.now();
    const at = this.#at(args);
    if (isTime(at)) return at;
    hush(at);
    const { version } = this.#counting;
    version.losses.add(version, 'extractor-failed');
    return this.#capture.now();
  }
}

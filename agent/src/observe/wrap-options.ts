import { AgentError, type Mistake, optionsInvalid, show } from '../errors.ts';
import { checkGuard, type GuardOptions } from '../guard/guard-options.ts';
import { checkReads, type GuardReads, readGuard } from '../guard/guard-settings.ts';
import type { ModelOptions } from '../model-options.ts';
import { isFunction, isObject, type OptionRow, readOptions } from '../option-table.ts';
import type { Role } from '../record/capture.ts';
import type { RankedOptions } from '../record/ranked.ts';
import { RANKED_ROW } from './ranked-row.ts';
import { checkSlices, type SliceOptions } from './slice-reader.ts';
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
  /** The prediction is a list of items, best first: of each the first `top` (10) are counted. */
  readonly ranked?: RankedOptions;
  readonly confidence?: (result: Awaited<R>, ...args: A) => Scalar | object | null | undefined;
  /** Segments of the traffic by dimension (`{ country: (request) => request.country }`), each with series of its own. */
  readonly slices?: SliceOptions<A>;
  /** Checks before and after each call, and what follows where one does not hold. */
  readonly guard?: GuardOptions<A, R>;
  /** Names the prediction, for outcomes that come later: 1 to 128 bytes; without it, ask `agent.predictionId(result)`. */
  readonly id?: (...args: A) => string;
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
  RANKED_ROW,
  extractor('confidence', '`(result, ...args) => object or scalar`: how sure the answer is'),
  {
    name: 'slices',
    type: 'Record<string, function>',
    doc: '`{ country: (...args) => text }`: segments of the traffic by dimension, at most 8, each recorded once more as `country=DE`',
    accepts: isObject,
    expected: 'an object of functions',
    inside: checkSlices,
  },
  {
    name: 'guard',
    type: 'object',
    doc: 'checks before and after the call, see below',
    accepts: isObject,
    expected: 'an object',
    inside: checkGuard,
  },
  extractor('id', '`(...args) => text`: names the prediction for outcomes and events'),
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
  const options = readOptions(WRAP_TABLE, given, '', mistakes) as WrapOptions;
  checkGuarded(options, mistakes);
  if (mistakes.length > 0) throw optionsInvalid('wrap', mistakes);
  return options;
}

/** Stages of which there is an extractor, so that a guard can check them. */
export function readsOf({ input, features, prediction, confidence }: WrapOptions): GuardReads {
  return {
    input: input !== undefined,
    feature: features !== undefined,
    prediction: prediction !== undefined,
    confidence: confidence !== undefined,
  };
}

/** Adds a mistake for everything the guard is to check and nothing extracts; where there are mistakes already, they come first. */
export function checkGuarded(options: WrapOptions, mistakes: Mistake[]): void {
  if (options.guard === undefined || mistakes.length > 0) return;
  checkReads(readGuard(options.guard), readsOf(options), mistakes);
}

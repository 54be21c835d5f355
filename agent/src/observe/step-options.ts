import { type Mistake, optionsInvalid, show } from '../errors.ts';
import type { ModelOptions } from '../model-options.ts';
import { isStage } from '../names.ts';
import { isFunction, type OptionRow, readOptions } from '../option-table.ts';
import { BATCH_ROW, type BatchShape, checkFunction } from './call-options.ts';
import { WATCH_ROWS } from './watch-options.ts';
import type { Scalar } from './wrap-options.ts';

/** Options of `step`. With `batch`, extractors are called once a row, as those of `wrap`. */
export type StepOptions<A extends readonly unknown[] = readonly unknown[], R = unknown> = {
  /** Raw input by field name (stage `input`), read before the call. */
  readonly input?: (...args: A) => object | null | undefined;
  /** What the step made, by field name; without it, the result itself, where that is an object of named values. */
  readonly output?: (result: Awaited<R>, ...args: A) => Scalar | object | null | undefined;
  /** Event time of the call in milliseconds since the epoch; without it, the agent's clock. */
  readonly at?: (...args: A) => number;
  /** Another model version than the agent's own. */
  readonly model?: ModelOptions;
  readonly batch?: never;
};

/** Options of `step` for functions that take and answer lists of rows. */
export type BatchStepOptions<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
  Row = A[0] extends ArrayLike<infer T> ? T : unknown,
  Answer = Awaited<R> extends ArrayLike<infer T> ? T : unknown,
> = Pick<StepOptions<A, R>, 'at' | 'model'> & {
  readonly batch: true | BatchShape<A, R, Row, Answer>;
  readonly input?: (row: NoInfer<Row>, ...args: A) => object | null | undefined;
  readonly output?: (answer: NoInfer<Answer>, row: NoInfer<Row>, ...args: A) => Scalar | object | null | undefined;
};

/** Checked options of `step`, of whichever form. */
export type ReadStepOptions = Omit<StepOptions, 'batch'> & { readonly batch?: true | BatchShape };

/** Options of `step`. */
export const STEP_TABLE: readonly OptionRow[] = [
  {
    name: 'input',
    type: 'function',
    doc: '`(...args) => object`: raw input by field name, read before the call',
    accepts: isFunction,
    expected: 'a function',
  },
  {
    name: 'output',
    type: 'function',
    doc: '`(result, ...args) => object or scalar`: what the step made, stage `step:<name>`; without it, the result itself',
    accepts: isFunction,
    expected: 'a function',
  },
  {
    name: 'at',
    type: 'function',
    doc: "`(...args) => number`: event time in milliseconds since the epoch, else the agent's clock",
    accepts: isFunction,
    expected: 'a function',
  },
  ...WATCH_ROWS.filter(({ name }) => name === 'model'),
  BATCH_ROW,
];

/**
 * Checks the options of `step`.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, TIDEMARK_NOT_WRAPPABLE.
 */
export function readStepOptions(name: unknown, fn: unknown, given: unknown): ReadStepOptions {
  checkFunction('step', fn);
  const mistakes: Mistake[] = [];
  if (typeof name !== 'string' || !isStage(`step:${name}`) || !isStage(`step:${name}_ms`)) {
    mistakes.push({ option: 'name', expected: 'text of 1 to 120 bytes without control characters', got: show(name) });
  }
  const options = readOptions(STEP_TABLE, given, '', mistakes) as ReadStepOptions;
  if (mistakes.length > 0) throw optionsInvalid('step', mistakes);
  return options;
}

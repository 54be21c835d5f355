import { AgentError, type Mistake, optionsInvalid, show } from '../errors.ts';
import type { GuardOptions } from '../guard/guard-options.ts';
import { isFunction, isObject, isWhole, type OptionRow, readOptions } from '../option-table.ts';
import { checkGuarded, type Scalar, WRAP_TABLE, type WrapOptions } from './wrap-options.ts';

/** What a stream of `R` gives one by one. */
export type ItemOf<R> =
  Awaited<R> extends AsyncIterable<infer T> ? T : Awaited<R> extends Iterable<infer T> ? T : unknown;

/** What the extractors of the answer get: the last item of an async generator, else what the call answered. */
export type AnswerOf<R> = R extends AsyncGenerator<infer T> ? T : Awaited<R>;

/** Options of `wrap` for functions that answer one inference, at once or item by item. */
export type CallOptions<A extends readonly unknown[], R, C = AnswerOf<R>> = Omit<
  WrapOptions<A, NoInfer<C>>,
  'guard'
> & {
  /** Checks before and after each call, and what follows where one does not hold. */
  readonly guard?: GuardOptions<A, NoInfer<R>>;
  /**
   * `true`: whatever the call answers that can be iterated over, arrays included, is followed to its end, by way of a
   * stand-in. `false`: nothing is. Without it, async generator functions are followed; their objects stay themselves.
   */
  readonly stream?: boolean;
  /** The answer that the extractors get, of the items kept; without it, the last item. */
  readonly collect?: (items: readonly ItemOf<R>[]) => C;
  /** How many of the last items are kept for `collect`. */
  readonly keep?: number;
  readonly batch?: never;
};

/** How the rows of a batch and its answers are found. */
export type BatchShape<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
  Row = unknown,
  Answer = unknown,
> = {
  /** The rows of a call, or how many it has: `n` stands for the rows 0 to n - 1. Without it, the first argument. */
  readonly rows?: (...args: A) => ArrayLike<Row> | number;
  /** The answers in the order of the rows; without it, what the call answered. */
  readonly answers?: (result: Awaited<R>, ...args: A) => ArrayLike<Answer>;
};

/**
 * Options of `wrap` for functions that answer many inferences at once. Extractors are called once a row, with the row
 * (or its number) before the arguments of the call; those of the answer get the answer to that row first.
 */
export type BatchOptions<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
  Row = A[0] extends ArrayLike<infer T> ? T : unknown,
  Answer = Awaited<R> extends ArrayLike<infer T> ? T : unknown,
> = Pick<WrapOptions<A, R>, 'at' | 'role' | 'model'> & {
  readonly batch: true | BatchShape<A, R, Row, Answer>;
  readonly input?: (row: NoInfer<Row>, ...args: A) => object | null | undefined;
  readonly features?: (row: NoInfer<Row>, ...args: A) => object | null | undefined;
  readonly prediction?: (answer: NoInfer<Answer>, row: NoInfer<Row>, ...args: A) => Scalar | object | null | undefined;
  readonly confidence?: (answer: NoInfer<Answer>, row: NoInfer<Row>, ...args: A) => Scalar | object | null | undefined;
  readonly stream?: never;
  readonly collect?: never;
  readonly keep?: never;
};

/** Checked options of `wrap`, of whichever form. */
export type ReadCallOptions = WrapOptions & {
  readonly stream?: boolean;
  readonly collect?: (items: readonly unknown[]) => unknown;
  readonly keep?: number;
  readonly batch?: true | BatchShape;
};

/** Items kept for `collect` where the caller does not say how many. */
export const DEFAULT_KEEP = 1_000;

const SHAPE_TABLE: readonly OptionRow[] = ['rows', 'answers'].map((name) => ({
  name,
  type: 'function',
  doc: name,
  accepts: isFunction,
  expected: 'a function',
}));

export const BATCH_ROW: OptionRow = {
  name: 'batch',
  type: 'true or { rows?, answers? }',
  doc: 'the call is as many inferences as its first argument has rows (or `rows(...args)`, a list or a number), answered by a list (or `answers(result, ...args)`); extractors are called once a row, as `(row, ...args)` and `(answer, row, ...args)`; of more than 65536 rows a fair sample of so many is looked at',
  accepts: (value) => value === true || isObject(value),
  expected: 'true or an object',
  inside: (value: true | object, path, mistakes) => {
    if (value !== true) readOptions(SHAPE_TABLE, value, path, mistakes);
  },
};

/** Options of `wrap`, those of streams and batches included. */
export const CALL_TABLE: readonly OptionRow[] = [
  ...WRAP_TABLE,
  {
    name: 'stream',
    type: 'boolean',
    doc: '`true` follows any answer that can be iterated over to its end, by way of a stand-in; `false` none; without it, those of async generator functions, which stay themselves',
    accepts: (value) => typeof value === 'boolean',
    expected: 'true or false',
  },
  {
    name: 'collect',
    type: 'function',
    doc: '`(items) => answer`: what the extractors get of a stream; without it, its last item',
    accepts: isFunction,
    expected: 'a function',
  },
  {
    name: 'keep',
    type: 'number',
    default: DEFAULT_KEEP,
    doc: 'how many of the last items of a stream are kept for `collect`, 1 to 100000',
    accepts: isWhole(1, 100_000),
    expected: 'a whole number from 1 to 100000',
  },
  BATCH_ROW,
];

/**
 * Checks the options of `wrap`.
 * @param what the call they were given to, for the error.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, TIDEMARK_NOT_WRAPPABLE.
 */
export function readCallOptions(what: string, fn: unknown, given: unknown): ReadCallOptions {
  checkFunction(what, fn);
  const mistakes: Mistake[] = [];
  const options = readOptions(CALL_TABLE, given, '', mistakes) as ReadCallOptions;
  for (const name of ['stream', 'collect', 'slices', 'guard', 'id'] as const) {
    if (options.batch === undefined || options[name] === undefined) continue;
    mistakes.push({ option: name, expected: 'nothing beside batch', got: show(options[name]) });
  }
  checkGuarded(options, mistakes);
  if (mistakes.length > 0) throw optionsInvalid(what, mistakes);
  return options;
}

/** @throws {AgentError} TIDEMARK_NOT_WRAPPABLE for anything but a function. */
export function checkFunction(what: string, fn: unknown): void {
  if (typeof fn === 'function') return;
  throw new AgentError('TIDEMARK_NOT_WRAPPABLE', `${what}: expected a function, got ${show(fn)}`);
}

import { type Mistake, optionsInvalid, show } from '../errors.ts';
import type { ModelOptions } from '../model-options.ts';
import { isName } from '../names.ts';
import { isFunction, isObject, isText, type OptionRow, readOptions } from '../option-table.ts';
import type { Role } from '../record/capture.ts';
import { checkSession } from './session.ts';
import { WATCH_ROWS } from './watch-options.ts';

/** Options of `wrapSession`. */
export type SessionOptions = {
  /** Column names by position, by the name of the input; other inputs and columns are not recorded. */
  readonly features?: Readonly<Record<string, readonly string[]>>;
  /** The output that holds the answer: one value a row is the field `value`, more are `value_0`, `value_1`, … */
  readonly prediction?: string | { readonly output: string; readonly kind?: 'number' | 'category' };
  /** The output that holds class probabilities, of which the largest in a row is the confidence. */
  readonly confidence?: string | { readonly output: string };
  /** Event time of a run in milliseconds since the epoch, from its feeds; without it, the agent's clock. */
  readonly at?: (feeds: never) => number;
  readonly role?: Role;
  readonly model?: ModelOptions;
};

const isOutput = (value: unknown) =>
  isText(value) || (isObject(value) && isText((value as { output?: unknown }).output));

/** Options of `wrapSession`. */
export const SESSION_TABLE: readonly OptionRow[] = [
  {
    name: 'features',
    type: 'Record<string, string[]>',
    doc: 'column names by position for each input that is recorded',
    accepts: isObject,
    expected: 'an object of lists of names',
  },
  {
    name: 'prediction',
    type: 'string or { output, kind? }',
    doc: 'output with the answer; `kind` is `number` or `category`, without it by the element type (integers, strings and booleans are categories)',
    accepts: isOutput,
    expected: 'the name of an output, or { output, kind? }',
  },
  {
    name: 'confidence',
    type: 'string or { output }',
    doc: 'output with class probabilities; the largest of a row is recorded',
    accepts: isOutput,
    expected: 'the name of an output, or { output }',
  },
  {
    name: 'at',
    type: 'function',
    doc: "`(feeds) => number`: event time in milliseconds since the epoch, else the agent's clock",
    accepts: isFunction,
    expected: 'a function',
  },
  ...WATCH_ROWS,
];

/**
 * Checks the options of `wrapSession` against the session's own inputs and outputs.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, TIDEMARK_NOT_WRAPPABLE.
 */
export function readSessionOptions(session: unknown, given: unknown): SessionOptions {
  checkSession(session);
  const mistakes: Mistake[] = [];
  const options = readOptions(SESSION_TABLE, given, '', mistakes) as SessionOptions;
  for (const [input, columns] of Object.entries(options.features ?? {})) {
    const option = `features.${input}`;
    if (!session.inputNames.includes(input))
      mistakes.push({ option, expected: `one of the inputs ${session.inputNames.join(', ')}`, got: input });
    if (Array.isArray(columns) && columns.every(isName) && new Set(columns).size === columns.length) continue;
    mistakes.push({ option, expected: 'a list of different names', got: show(columns) });
  }
  for (const option of ['prediction', 'confidence'] as const) {
    const output = outputOf(options[option]);
    if (output === undefined || session.outputNames.includes(output)) continue;
    mistakes.push({ option, expected: `one of the outputs ${session.outputNames.join(', ')}`, got: output });
  }
  const { kind } = (isObject(options.prediction) ? options.prediction : {}) as { kind?: unknown };
  if (kind !== undefined && kind !== 'number' && kind !== 'category') {
    mistakes.push({ option: 'prediction.kind', expected: 'number or category', got: show(kind) });
  }
  if (mistakes.length > 0) throw optionsInvalid('wrapSession', mistakes);
  return options;
}

/** The output an option names. */
export function outputOf(option: string | { readonly output: string } | undefined): string | undefined {
  return typeof option === 'string' ? option : option?.output;
}

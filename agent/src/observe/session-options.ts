import { type Mistake, optionsInvalid, show } from '../errors.ts';
import type { ModelOptions } from '../model-options.ts';
import { isName, isStage } from '../names.ts';
import { isFunction, isObject, isText, isWhole, type OptionRow, readOptions } from '../option-table.ts';
import type { Role } from '../record/capture.ts';
import type { ConfidenceFrom } from '../record/confidence.ts';
import type { RankedOptions } from '../record/ranked.ts';
import { RANKED_ROW } from './ranked-row.ts';
import { checkSession } from './session.ts';
import { WATCH_ROWS } from './watch-options.ts';

/** How a tensor is recorded as one vector a row: norm, pooled values and directions, never the vector. */
export type VectorOptions = {
  /** Its field; without it, the name of the tensor. */
  readonly field?: string;
  /** Its stage; without it, `feature` for inputs and `prediction` for outputs. */
  readonly stage?: string;
  /** Most components that are looked at, 1 to 65536 (4096); of a longer vector always the same ones. */
  readonly sample?: number;
};

/** Share of the run time that recording may take, unless said otherwise. */
export const DEFAULT_MAX_SHARE = 0.05;

/** Options of `wrapSession`. */
export type SessionOptions = {
  /** Column names by position, by the name of the input; other inputs and columns are not recorded. */
  readonly features?: Readonly<Record<string, readonly string[]>>;
  /** Inputs and outputs whose rows are recorded as vectors (embeddings, images), by name. */
  readonly vectors?: Readonly<Record<string, VectorOptions>>;
  /**
   * The output that holds the answer: one value a row is the field `value`, more are `value_0`, `value_1`, …; more than
   * 64 numbers a row are one vector. `ranked` takes a row as a list of items, best first.
   */
  readonly prediction?:
    | string
    | { readonly output: string; readonly kind?: 'number' | 'category'; readonly ranked?: RankedOptions };
  /**
   * The output that holds class probabilities, of which the largest in a row is the confidence. With `from` also the
   * margin, the entropy and whether a row is no distribution; `logits` are made probabilities first.
   */
  readonly confidence?: string | { readonly output: string; readonly from?: ConfidenceFrom };
  /** Share of the run time that recording may take, 0 to 1 (0.05); of a run that is too short rows are sampled. */
  readonly maxShare?: number;
  /** Event time of a run in milliseconds since the epoch, from its feeds; without it, the agent's clock. */
  readonly at?: (feeds: never) => number;
  readonly role?: Role;
  readonly model?: ModelOptions;
};

const isOutput = (value: unknown) =>
  isText(value) || (isObject(value) && isText((value as { output?: unknown }).output));

const OUTPUT_ROW: OptionRow = {
  name: 'output',
  type: 'string',
  required: true,
  doc: 'the name of an output',
  accepts: isText,
  expected: 'text',
};

const isOneOf =
  (...values: readonly string[]) =>
  (value: unknown) =>
    values.includes(value as string);

const PREDICTION_TABLE: readonly OptionRow[] = [
  OUTPUT_ROW,
  {
    name: 'kind',
    type: 'string',
    doc: '`number` or `category`',
    accepts: isOneOf('number', 'category'),
    expected: 'number or category',
  },
  RANKED_ROW,
];

const CONFIDENCE_TABLE: readonly OptionRow[] = [
  OUTPUT_ROW,
  {
    name: 'from',
    type: 'string',
    doc: 'what the scores are',
    accepts: isOneOf('probabilities', 'logits', 'binary', 'auto'),
    expected: 'probabilities, logits, binary or auto',
  },
];

const VECTOR_TABLE: readonly OptionRow[] = [
  { name: 'field', type: 'string', doc: 'its field', accepts: isName, expected: 'text of 1 to 128 bytes' },
  { name: 'stage', type: 'string', doc: 'its stage', accepts: isStage, expected: 'a stage' },
  {
    name: 'sample',
    type: 'number',
    doc: 'most components that are looked at',
    accepts: isWhole(1, 65_536),
    expected: 'a whole number from 1 to 65536',
  },
];

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
    name: 'vectors',
    type: 'Record<string, { field?, stage?, sample? }>',
    doc: 'inputs and outputs that are recorded as one vector a row (embeddings, images); of more than `sample` (4096) components always the same ones are looked at',
    accepts: isObject,
    expected: 'an object of { field?, stage?, sample? }',
    inside: checkVectors,
  },
  {
    name: 'prediction',
    type: 'string or { output, kind?, ranked? }',
    doc: 'output with the answer; `kind` is `number` or `category`, without it by the element type (integers, strings and booleans are categories); more than 64 numbers a row are one vector; `ranked: true` or `{ top }` takes a row as a list of items, best first',
    accepts: isOutput,
    expected: 'the name of an output, or { output, kind?, ranked? }',
    inside: inObject(PREDICTION_TABLE),
  },
  {
    name: 'confidence',
    type: 'string or { output, from? }',
    doc: 'output with class probabilities; the largest of a row is recorded, and with `from` (`probabilities`, `logits`, `binary` for one column, `auto`) also `margin`, `entropy` and `impossible`',
    accepts: isOutput,
    expected: 'the name of an output, or { output, from? }',
    inside: inObject(CONFIDENCE_TABLE),
  },
  {
    name: 'maxShare',
    type: 'number',
    default: DEFAULT_MAX_SHARE,
    doc: 'share of the run time that recording may take, 0 to 1; rows are counted all, and recorded as far as this allows',
    accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
    expected: 'a number from 0 to 1',
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
  for (const tensor of Object.keys(options.vectors ?? {})) {
    if (session.inputNames.includes(tensor) || session.outputNames.includes(tensor)) continue;
    const expected = `one of ${[...session.inputNames, ...session.outputNames].join(', ')}`;
    mistakes.push({ option: `vectors.${tensor}`, expected, got: tensor });
  }
  if (mistakes.length > 0) throw optionsInvalid('wrapSession', mistakes);
  return options;
}

/** The output an option names. */
export function outputOf(option: string | { readonly output: string } | undefined): string | undefined {
  return typeof option === 'string' ? option : option?.output;
}

/** Checks the options inside of a value that may be an object of such. */
function inObject(rows: readonly OptionRow[]) {
  return (value: unknown, path: string, mistakes: Mistake[]): void => {
    if (isObject(value)) readOptions(rows, value, path, mistakes);
  };
}

function checkVectors(vectors: Readonly<Record<string, unknown>>, path: string, mistakes: Mistake[]): void {
  for (const [name, given] of Object.entries(vectors)) readOptions(VECTOR_TABLE, given, `${path}.${name}`, mistakes);
}

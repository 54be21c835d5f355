import { isDeepStrictEqual } from 'node:util';
import { type Mistake, optionsInvalid, show } from './errors.ts';
import { isName, isStage } from './names.ts';
import { isObject, isText, type OptionRow, readOptions } from './option-table.ts';
import { checkPairs, MAX_PAIRS, type PairOption } from './pair-options.ts';

/** What a model version expects of one field. Numbers may have bounds (both included), categories known values. */
export type FieldSchema = {
  readonly stage: string;
  readonly field: string;
  readonly kind: 'number' | 'category' | 'vector';
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
};

/** What a version was trained on: where it is, and its half-open span as RFC 3339 times. */
export type DatasetSpec = { readonly uri: string; readonly from?: string; readonly to?: string };

/** Options that say what answers: a model, its version, and what it was made of. */
export type ModelOptions = {
  readonly name: string;
  readonly version: string;
  readonly dataset?: DatasetSpec;
  readonly gitCommit?: string;
  readonly artifactSha256?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly fields?: readonly FieldSchema[];
  /** Two fields each, of which is recorded how they go together; named by field for a feature, else as `prediction.value`. */
  readonly pairs?: readonly PairOption[];
};

/** Checked and completed model options, frozen. */
export type ModelSpec = Omit<ModelOptions, 'tags' | 'fields' | 'pairs'> &
  Required<Pick<ModelOptions, 'tags' | 'fields' | 'pairs'>>;

// Together they keep a description well below the 4 MiB of a message.
const MAX_FIELDS = 500;
const MAX_VALUES = 256;
const MAX_TAGS = 64;
// A description travels in one message, with windows; one of 4 MiB would be refused with all that came with it.
const MAX_DESCRIPTION_BYTES = 1024 * 1024;

const isRfc3339 = (value: unknown) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d|$)/.test(value) && !Number.isNaN(Date.parse(value));
const isFiniteNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isListUpTo = (max: number) => (value: unknown) => Array.isArray(value) && value.length <= max;
const NAME = { accepts: isName, expected: 'text of 1 to 128 bytes without control characters' };

const DATASET_TABLE: readonly OptionRow[] = [
  { name: 'uri', type: 'string', required: true, doc: 'where the data is', accepts: isText, expected: 'text' },
  { name: 'from', type: 'string', doc: 'start, included', accepts: isRfc3339, expected: 'an RFC 3339 time' },
  { name: 'to', type: 'string', doc: 'end, not included', accepts: isRfc3339, expected: 'an RFC 3339 time' },
];

const FIELD_TABLE: readonly OptionRow[] = [
  {
    name: 'stage',
    type: 'string',
    required: true,
    doc: 'where the value belongs',
    accepts: isStage,
    expected: 'input, feature, prediction, confidence, latency, outcome or step:<name>',
  },
  { name: 'field', type: 'string', required: true, doc: 'its name', ...NAME },
  {
    name: 'kind',
    type: 'string',
    required: true,
    doc: '`number`, `category` or `vector`',
    accepts: (value) => value === 'number' || value === 'category' || value === 'vector',
    expected: 'number, category or vector',
  },
  { name: 'min', type: 'number', doc: 'smallest allowed number', accepts: isFiniteNumber, expected: 'a finite number' },
  { name: 'max', type: 'number', doc: 'largest allowed number', accepts: isFiniteNumber, expected: 'a finite number' },
  {
    name: 'values',
    type: 'string[]',
    doc: 'known categories, at most 256',
    accepts: isListUpTo(MAX_VALUES),
    expected: `at most ${MAX_VALUES} texts`,
    inside: checkValues,
  },
];

/** Options of a model version. */
export const MODEL_TABLE: readonly OptionRow[] = [
  { name: 'name', type: 'string', required: true, doc: 'the model', ...NAME },
  { name: 'version', type: 'string', required: true, doc: 'its version', ...NAME },
  {
    name: 'dataset',
    type: '{ uri, from?, to? }',
    doc: 'what it was trained on; the times are RFC 3339',
    accepts: isObject,
    expected: 'an object',
    inside: (value, path, mistakes) => readOptions(DATASET_TABLE, value, path, mistakes),
  },
  { name: 'gitCommit', type: 'string', doc: 'the code it was trained with', ...NAME },
  {
    name: 'artifactSha256',
    type: 'string',
    doc: 'SHA-256 of the model file, lower-case hex',
    accepts: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
    expected: '64 lower-case hex digits',
  },
  {
    name: 'tags',
    type: 'Record<string, string>',
    default: Object.freeze({}),
    defaultText: '`{}`',
    doc: 'anything else worth knowing, at most 64',
    accepts: isObject,
    expected: 'an object of texts',
    inside: checkTags,
  },
  {
    name: 'fields',
    type: 'FieldSchema[]',
    default: Object.freeze([]),
    defaultText: '`[]`',
    doc: 'what the version expects of its fields: `{ stage, field, kind, min?, max?, values? }`, at most 500',
    accepts: isListUpTo(MAX_FIELDS),
    expected: `a list of at most ${MAX_FIELDS} fields`,
    inside: checkFields,
  },
  {
    name: 'pairs',
    type: '[string, string][]',
    default: Object.freeze([]),
    defaultText: '`[]`',
    doc: "fields of numbers of which is recorded, two by two, how they go together, as `['distance', 'prediction.value']`: a feature by its name, others as `stage.field`; at most 50",
    accepts: isListUpTo(MAX_PAIRS),
    expected: `a list of at most ${MAX_PAIRS} pairs`,
    inside: checkPairs,
  },
];

/** Checks the options of a model version; adds every mistake under `path`. */
export function checkModel(given: unknown, path: string, mistakes: Mistake[]): void {
  readOptions(MODEL_TABLE, given, path, mistakes);
}

/**
 * Model options checked, completed and frozen with all that is in them.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID.
 */
export function readModel(given: unknown): ModelSpec {
  const mistakes: Mistake[] = [];
  const spec = readOptions(MODEL_TABLE, given, 'model', mistakes);
  if (mistakes.length === 0) checkSize(spec, mistakes);
  if (mistakes.length > 0) throw optionsInvalid('model', mistakes);
  return deepFreeze(structuredClone(spec)) as ModelSpec;
}

function checkSize(spec: unknown, mistakes: Mistake[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(spec), 'utf8');
  if (bytes <= MAX_DESCRIPTION_BYTES) return;
  const expected = `a description of at most ${MAX_DESCRIPTION_BYTES} bytes as JSON`;
  mistakes.push({ option: 'model', expected, got: `${bytes} bytes` });
}

/** Whether a spec says nothing but which version it means. */
export function isBare(spec: ModelSpec): boolean {
  return isDeepStrictEqual(spec, { name: spec.name, version: spec.version, tags: {}, fields: [], pairs: [] });
}

function checkTags(tags: Readonly<Record<string, unknown>>, path: string, mistakes: Mistake[]): void {
  const entries = Object.entries(tags);
  if (entries.length > MAX_TAGS)
    mistakes.push({ option: path, expected: `at most ${MAX_TAGS} tags`, got: `${entries.length}` });
  for (const [tag, value] of entries) {
    if (isName(tag) && isName(value)) continue;
    mistakes.push({ option: `${path}.${tag}`, expected: NAME.expected, got: show(value) });
  }
}

function checkValues(values: readonly unknown[], path: string, mistakes: Mistake[]): void {
  for (const [i, value] of values.entries()) {
    if (typeof value === 'string' && value.isWellFormed()) continue;
    mistakes.push({ option: `${path}[${i}]`, expected: 'well-formed text', got: show(value) });
  }
}

function checkFields(fields: readonly unknown[], path: string, mistakes: Mistake[]): void {
  const seen = new Set<string>();
  for (const [i, given] of fields.entries()) {
    const at = `${path}[${i}]`;
    const { stage, field, kind, min, max, values } = readOptions(
      FIELD_TABLE,
      given,
      at,
      mistakes,
    ) as Partial<FieldSchema>;
    const name = `${stage}/${field}`;
    if (seen.has(name)) mistakes.push({ option: at, expected: 'each field once', got: `${name} again` });
    seen.add(name);
    if (min !== undefined && max !== undefined && min > max) {
      mistakes.push({ option: `${at}.min`, expected: `at most max (${max})`, got: `${min}` });
    }
    if ((kind === 'number' || kind === 'vector') && values !== undefined)
      mistakes.push({ option: `${at}.values`, expected: `none for a ${kind}`, got: show(values) });
    if ((kind === 'category' || kind === 'vector') && (min ?? max) !== undefined) {
      mistakes.push({
        option: `${at}.${min === undefined ? 'max' : 'min'}`,
        expected: `none for a ${kind}`,
        got: show(min ?? max),
      });
    }
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

import { types } from 'node:util';
import { type Mistake, show } from '../errors.ts';
import { isName } from '../names.ts';
import { isFunction, isWhole, type OptionRow, readOptions } from '../option-table.ts';
import type { FieldType } from './field-rule.ts';
import type { Comparison } from './stage-plan.ts';
import type { GuardAction } from './verdict.ts';

/** Stages a field check may be about. */
export type CheckedStage = 'input' | 'feature' | 'prediction';

/** What one field must be. Absence breaks only `required`; the rest is checked where there is a value. */
export type FieldCheck = {
  /** `feature` where it is not given. */
  readonly stage?: CheckedStage;
  readonly field: string;
  readonly required?: boolean;
  readonly type?: FieldType;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly pattern?: RegExp | string;
  readonly action?: GuardAction;
};

/** What must hold between fields of one stage, where all of them are there. */
export type RelationCheck = {
  readonly name: string;
  readonly stage?: CheckedStage;
  readonly fields: readonly string[];
  /** Of the first two fields. */
  readonly check?: Comparison;
  /** True where all is well; gets the object of the stage. */
  readonly test?: (fields: never) => boolean;
  readonly action?: GuardAction;
};

/** The caller's own check. True lets the call pass; a promise is waited for as the README says. */
export type CustomCheck<A extends readonly unknown[] = never, R = never> = {
  readonly name: string;
  /** Gets the features (else the input) as extracted. */
  readonly before?: (fields: never, args: A) => boolean | PromiseLike<boolean>;
  readonly after?: (result: R, args: A) => boolean | PromiseLike<boolean>;
  readonly action?: GuardAction;
  readonly timeoutMs?: number;
};

const oneOf = (...names: readonly string[]) => ({
  accepts: (value: unknown) => names.includes(value as string),
  expected: names.join(', ').replace(/, ([^,]*)$/, ' or $1'),
});
const isFiniteNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isTexts = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.length <= 256 && value.every((text) => typeof text === 'string');
const NAME = { accepts: isName, expected: 'text of 1 to 128 bytes without control characters' };
const NUMBER = { accepts: isFiniteNumber, expected: 'a finite number' };

/** The row of an action, for every table that has one. */
export const ACTION_ROW: OptionRow = {
  name: 'action',
  type: 'string',
  doc: '`annotate`, `fallback` or `reject`',
  ...oneOf('annotate', 'fallback', 'reject'),
};
const STAGE_ROW: OptionRow = {
  name: 'stage',
  type: 'string',
  default: 'feature',
  doc: '`input`, `feature` or `prediction`',
  ...oneOf('input', 'feature', 'prediction'),
};

/** Options of one field check. */
export const FIELD_CHECK_TABLE: readonly OptionRow[] = [
  STAGE_ROW,
  { name: 'field', type: 'string', required: true, doc: 'its name', ...NAME },
  {
    name: 'required',
    type: 'boolean',
    default: false,
    doc: 'whether it must be there and not null',
    accepts: (value) => typeof value === 'boolean',
    expected: 'true or false',
  },
  {
    name: 'type',
    type: 'string',
    doc: '`number` (finite, or a big integer), `integer`, `string` or `boolean`',
    ...oneOf('number', 'integer', 'string', 'boolean'),
  },
  { name: 'min', type: 'number', doc: 'smallest number, included', ...NUMBER },
  { name: 'max', type: 'number', doc: 'largest number, included', ...NUMBER },
  {
    name: 'values',
    type: 'string[]',
    doc: 'allowed categories, at most 256',
    accepts: isTexts,
    expected: '1 to 256 texts',
  },
  {
    name: 'pattern',
    type: 'RegExp or string',
    doc: 'matches the text, of which more than 1 024 characters never match; given up for good once it was slow three times',
    accepts: isPattern,
    expected: 'a regular expression',
  },
  ACTION_ROW,
];

/** Options of one relation. */
export const RELATION_TABLE: readonly OptionRow[] = [
  { name: 'name', type: 'string', required: true, doc: 'what violations call it', ...NAME },
  STAGE_ROW,
  {
    name: 'fields',
    type: 'string[]',
    required: true,
    doc: 'fields it is about, all of one stage; where one is missing it is not asked',
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.length <= 16 && value.every(isName),
    expected: '1 to 16 names',
  },
  {
    name: 'check',
    type: 'string',
    doc: 'how the first two fields compare: `<`, `<=`, `=`, `>=`, `>` or `!=`',
    ...oneOf('<', '<=', '=', '>=', '>', '!='),
  },
  { name: 'test', type: '(fields) => boolean', doc: 'instead of `check`', accepts: isFunction, expected: 'a function' },
  ACTION_ROW,
];

/** Options of one check of the caller's own. */
export const CUSTOM_TABLE: readonly OptionRow[] = [
  { name: 'name', type: 'string', required: true, doc: 'what violations call it', ...NAME },
  {
    name: 'before',
    type: '(fields, args) => boolean',
    doc: 'asked before the call',
    accepts: isFunction,
    expected: 'a function',
  },
  {
    name: 'after',
    type: '(result, args) => boolean',
    doc: 'asked about the result',
    accepts: isFunction,
    expected: 'a function',
  },
  ACTION_ROW,
  {
    name: 'timeoutMs',
    type: 'number',
    default: 1_000,
    doc: 'how long the promise of a check is waited for, 1 to 60000',
    accepts: isWhole(1, 60_000),
    expected: 'a whole number from 1 to 60000',
  },
];

/** Checks one field check; adds every mistake under `path`. */
export function checkField(given: unknown, path: string, mistakes: Mistake[]): void {
  const { type, min, max, values, pattern } = readOptions(
    FIELD_CHECK_TABLE,
    given,
    path,
    mistakes,
  ) as Partial<FieldCheck>;
  if (min !== undefined && max !== undefined && min > max)
    mistakes.push({ option: `${path}.min`, expected: `at most max (${max})`, got: `${min}` });
  const isText = type === 'string' || type === 'boolean';
  const bound = min === undefined ? 'max' : 'min';
  if (isText && (min ?? max) !== undefined)
    mistakes.push({ option: `${path}.${bound}`, expected: `none for a ${type}`, got: show(min ?? max) });
  if (pattern !== undefined && type !== undefined && type !== 'string')
    mistakes.push({ option: `${path}.pattern`, expected: `none for a ${type}`, got: String(pattern) });
  if (pattern !== undefined && (min ?? max) !== undefined)
    mistakes.push({ option: `${path}.pattern`, expected: 'none for a number', got: String(pattern) });
  if (values !== undefined && new Set(values).size < values.length)
    mistakes.push({ option: `${path}.values`, expected: 'each value once', got: show(values) });
}

/** Checks one relation; adds every mistake under `path`. */
export function checkRelation(given: unknown, path: string, mistakes: Mistake[]): void {
  const relation = readOptions(RELATION_TABLE, given, path, mistakes) as Partial<RelationCheck>;
  const { fields, check, test } = relation;
  if ((check === undefined) === (test === undefined))
    mistakes.push({ option: path, expected: 'either check or test', got: check === undefined ? 'neither' : 'both' });
  if (check !== undefined && fields !== undefined && fields.length !== 2)
    mistakes.push({ option: `${path}.fields`, expected: '2 names for a check', got: `${fields.length}` });
}

/** Checks one check of the caller's own; adds every mistake under `path`. */
export function checkCustom(given: unknown, path: string, mistakes: Mistake[]): void {
  const { before, after } = readOptions(CUSTOM_TABLE, given, path, mistakes) as Partial<CustomCheck>;
  if (before === undefined && after === undefined)
    mistakes.push({ option: path, expected: 'before, after or both', got: 'neither' });
}

function isPattern(value: unknown): boolean {
  if (types.isRegExp(value)) return true;
  if (typeof value !== 'string' || value.length > 1_024) return false;
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    // No regular expression: that is what was asked.
    return false;
  }
}

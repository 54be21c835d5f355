import { type Mistake, show } from '../errors.ts';
import { isName } from '../names.ts';
import { isFunction, isObject, type OptionRow, readOptions } from '../option-table.ts';
import {
  ACTION_ROW,
  type CustomCheck,
  checkCustom,
  checkField,
  checkRelation,
  type FieldCheck,
  type RelationCheck,
} from './check-options.ts';
import type { GuardAction, Verdict } from './verdict.ts';

/** Option `guard` of `wrap`: checks before and after a call, and what follows where one does not hold. */
export type GuardOptions<A extends readonly unknown[] = never, R = never> = {
  /** A list, or by name of the field. */
  readonly fields?: readonly FieldCheck[] | Readonly<Record<string, Omit<FieldCheck, 'field'>>>;
  readonly relations?: readonly RelationCheck[];
  /** Whether bounds that the collector sends from the baseline apply; violations annotate unless an action is given. */
  readonly bounds?: boolean | { readonly action: GuardAction };
  /** A violation where the field (`value`) of the confidence is below. */
  readonly confidence?: { readonly floor: number; readonly field?: string; readonly action?: GuardAction };
  readonly custom?: readonly CustomCheck<A, Awaited<R>>[];
  /** Of checks that name none. */
  readonly action?: GuardAction;
  /** Whether a check that throws or times out counts as held (`open`) or as violated (`closed`). */
  readonly onFailure?: 'open' | 'closed';
  /** Gives the result where the action is `fallback`. What it throws reaches the caller. */
  readonly fallback?: (args: A, verdict: Verdict) => R | Awaited<R>;
  /** Told of each verdict; what it throws is nobody's. */
  readonly onVerdict?: (verdict: Verdict, args: A) => void;
  /** Whether violations show the values of scalars. */
  readonly showValues?: boolean;
};

// As many as a model version has series.
const MAX_FIELD_CHECKS = 500;
const MAX_RELATIONS = 100;
const MAX_CUSTOM = 16;

const CONFIDENCE_TABLE: readonly OptionRow[] = [
  {
    name: 'floor',
    type: 'number',
    required: true,
    doc: 'smallest confidence, included',
    accepts: (value) => typeof value === 'number' && Number.isFinite(value),
    expected: 'a finite number',
  },
  { name: 'field', type: 'string', default: 'value', doc: 'its field', accepts: isName, expected: 'a name' },
  ACTION_ROW,
];

type CheckOne = (given: unknown, path: string, mistakes: Mistake[]) => void;
const each = (check: CheckOne) => (list: readonly unknown[], path: string, mistakes: Mistake[]) => {
  for (const [i, given] of list.entries()) check(given, `${path}[${i}]`, mistakes);
};
const list = (name: string, type: string, doc: string, max: number, check: CheckOne): OptionRow => ({
  name,
  type,
  doc,
  accepts: (value) => Array.isArray(value) && value.length <= max,
  expected: `a list of at most ${max}`,
  inside: each(check),
});

/** Options of a guard. */
export const GUARD_TABLE: readonly OptionRow[] = [
  {
    name: 'fields',
    type: 'FieldCheck[] or Record<string, FieldCheck>',
    doc: '`{ stage?, field, required?, type?, min?, max?, values?, pattern?, action? }`, at most 500; stage `feature` unless given',
    accepts: (value) => typeof value === 'object' && value !== null && Object.keys(value).length <= MAX_FIELD_CHECKS,
    expected: `at most ${MAX_FIELD_CHECKS} checks`,
    inside: checkFields,
  },
  list(
    'relations',
    'RelationCheck[]',
    '`{ name, stage?, fields, check }` with `<`, `<=`, `=`, `>=`, `>` or `!=`, or `{ name, stage?, fields, test }`',
    MAX_RELATIONS,
    checkRelation,
  ),
  {
    name: 'bounds',
    type: 'boolean or { action }',
    default: false,
    doc: 'whether bounds from the baseline that the collector sends apply; their violations annotate unless told otherwise',
    accepts: (value) => typeof value === 'boolean' || isObject(value),
    expected: 'true, false or { action }',
    inside: checkBounds,
  },
  {
    name: 'confidence',
    type: '{ floor, field?, action? }',
    doc: 'smallest confidence, of the field `value` unless given',
    accepts: isObject,
    expected: 'an object',
    inside: (value, path, mistakes) => readOptions(CONFIDENCE_TABLE, value, path, mistakes),
  },
  list(
    'custom',
    'CustomCheck[]',
    '`{ name, before?, after?, action?, timeoutMs? }`: functions of your own, also by promise, which answer true where all is well',
    MAX_CUSTOM,
    checkCustom,
  ),
  { ...ACTION_ROW, default: 'annotate', doc: 'of checks that name none: `annotate`, `fallback` or `reject`' },
  {
    name: 'onFailure',
    type: 'string',
    default: 'open',
    doc: '`open`: a check that throws or times out counts as held; `closed`: as violated',
    accepts: (value) => value === 'open' || value === 'closed',
    expected: 'open or closed',
  },
  {
    name: 'fallback',
    type: '(args, verdict) => result',
    doc: 'gives the result where the action is `fallback`',
    accepts: isFunction,
    expected: 'a function',
  },
  {
    name: 'onVerdict',
    type: '(verdict, args) => void',
    doc: 'told of each verdict',
    accepts: isFunction,
    expected: 'a function',
  },
  {
    name: 'showValues',
    type: 'boolean',
    default: false,
    doc: 'whether violations show values; else only type and size',
    accepts: (value) => typeof value === 'boolean',
    expected: 'true or false',
  },
];

/** Checks the option `guard`; adds every mistake under `path`. */
export function checkGuard(given: unknown, path: string, mistakes: Mistake[]): void {
  const before = mistakes.length;
  const options = readOptions(GUARD_TABLE, given, path, mistakes) as GuardOptions;
  if (mistakes.length > before) return;
  const { fields, relations = [], custom = [], confidence, bounds } = options;
  const checks = [...fieldChecks(fields), ...relations, ...custom, ...(confidence === undefined ? [] : [confidence])];
  if (checks.length === 0 && bounds === false)
    mistakes.push({ option: path, expected: 'at least one check', got: 'none' });
  const actions = checks.map(({ action = options.action }) => action);
  if (typeof bounds === 'object') actions.push(bounds.action);
  if (options.fallback === undefined && actions.includes('fallback'))
    mistakes.push({ option: `${path}.fallback`, expected: 'a function, for the action fallback', got: 'nothing' });
}

/** Field checks as a list, whichever way they were given. */
export function fieldChecks(fields: GuardOptions['fields']): readonly FieldCheck[] {
  if (fields === undefined) return [];
  if (isList(fields)) return fields;
  return Object.entries(fields).map(([field, check]) => ({ ...check, field }));
}

function isList(fields: NonNullable<GuardOptions['fields']>): fields is readonly FieldCheck[] {
  return Array.isArray(fields);
}

function checkFields(fields: NonNullable<GuardOptions['fields']>, path: string, mistakes: Mistake[]): void {
  if (isList(fields)) {
    each(checkField)(fields, path, mistakes);
    return;
  }
  for (const [field, check] of Object.entries(fields)) {
    const at = `${path}.${field}`;
    if (!isObject(check)) mistakes.push({ option: at, expected: 'an object', got: show(check) });
    else if ('field' in check)
      mistakes.push({ option: `${at}.field`, expected: 'none, the key is it', got: show(check.field) });
    else checkField({ ...(check as object), field }, at, mistakes);
  }
}

function checkBounds(bounds: boolean | object, path: string, mistakes: Mistake[]): void {
  if (isObject(bounds)) readOptions([{ ...ACTION_ROW, required: true }], bounds, path, mistakes);
}

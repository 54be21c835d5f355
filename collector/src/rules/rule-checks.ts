import { MEASURES, type MeasureName } from '../drift/index.ts';
import { parseDuration } from '../duration.ts';
import { didYouMean } from '../near-name.ts';
import { type Condition, overlap, parseCondition } from './condition.ts';
import { JUDGEMENT_LABELS, labelNamesOf } from './label-names.ts';
import { at, entriesOf, itemsOf, type Raw, textAt } from './raw.ts';
import { compileTemplate, TemplateError } from './template.ts';

/** A complaint about something in the file: where, and what. */
export type Complain = (path: readonly (string | number)[], message: string, part?: 'key' | 'value') => void;

/** The blocks of which a rule has exactly one. */
export const BLOCKS = ['drift', 'schema', 'confidence', 'silence'] as const;

/** Windows are stored by the minute. */
const BASE_WINDOW_MS = 60_000;

/**
 * What a schema cannot see in the rules: names used twice, no block or two, a window between stored windows, `clear`
 * against `fire`, bounds that no value reaches, baselines that lack, templates that speak of nothing. Takes the file
 * as it was read, also where its form is wrong elsewhere, so that one run finds everything.
 */
export function checkRules(file: Raw, complain: Complain): void {
  const groupNames = new Set<string>();
  const alertNames = new Set<string>();
  for (const [g, group] of itemsOf(at(file, 'groups'))) {
    refuseTwice(groupNames, textAt(group, 'name'), 'group', ['groups', g, 'name'], complain);
    checkLabels(at(group, 'labels'), ['groups', g, 'labels'], complain);
    for (const [r, rule] of itemsOf(at(group, 'rules'))) {
      const path = ['groups', g, 'rules', r];
      refuseTwice(alertNames, textAt(rule, 'alert'), 'alert', [...path, 'alert'], complain);
      checkLabels(at(rule, 'labels'), [...path, 'labels'], complain);
      checkBlocks(rule, path, complain);
      checkConditions(rule, path, complain);
      checkAnnotations(rule, labelNamesOf(rule, group), path, complain);
    }
  }
}

/** Complains where a name was there before, and remembers it. */
export function refuseTwice(
  names: Set<string>,
  name: string | null,
  what: string,
  path: readonly (string | number)[],
  complain: Complain,
): void {
  if (name === null) return;
  if (names.has(name)) complain(path, `there are two of the ${what} '${name}'; names must differ`);
  names.add(name);
}

function checkLabels(labels: Raw, path: readonly (string | number)[], complain: Complain): void {
  for (const [name] of entriesOf(labels)) {
    if (JUDGEMENT_LABELS.has(name))
      complain([...path, name], `the label '${name}' is set by the judgement itself`, 'key');
  }
}

function checkBlocks(rule: Raw, path: readonly (string | number)[], complain: Complain): void {
  const present = BLOCKS.filter((block) => at(rule, block) !== undefined);
  if (present.length === 0) {
    complain(path, `a rule needs one of the blocks ${BLOCKS.join(', ')}`);
  }
  for (const extra of present.slice(1)) {
    complain([...path, extra], `a rule has one block, and this one has '${present[0]}' already`, 'key');
  }
  for (const block of present) checkBlock(block, at(rule, block), [...path, block], complain);
}

function checkBlock(block: string, raw: Raw, path: readonly (string | number)[], complain: Complain): void {
  checkWindow(raw, path, complain);
  checkFields(raw, path, complain);
  const measure = measureIn(raw);
  const hasBaseline = at(raw, 'baseline') !== undefined;
  if (block === 'silence') {
    if (measure === 'rows' && hasBaseline)
      complain([...path, 'baseline'], "'rows' is a plain count and takes no baseline", 'key');
    if (measure === 'rows_ratio' && !hasBaseline) complain(path, "'rows_ratio' needs a baseline to compare with");
    return;
  }
  const known = measure !== null && Object.hasOwn(MEASURES, measure) ? MEASURES[measure as MeasureName] : null;
  if (known?.baseline === 'required' && !hasBaseline && block !== 'drift')
    complain(path, `'${measure}' needs a baseline to compare with`);
  if (known?.baseline === 'none' && hasBaseline)
    complain([...path, 'baseline'], `'${measure}' takes no baseline`, 'key');
}

function checkWindow(raw: Raw, path: readonly (string | number)[], complain: Complain): void {
  const windowMs = durationAt(raw, 'window');
  if (windowMs === null) return;
  if (windowMs === 0 || windowMs % BASE_WINDOW_MS !== 0) {
    complain([...path, 'window'], `the window must be a multiple of 1m, got ${textAt(raw, 'window') ?? 0}`);
  }
  const baseline = at(raw, 'baseline');
  for (const key of ['offset', 'duration']) {
    const lengthMs = durationAt(baseline, key);
    const mayBeZero = key === 'offset' && textAt(baseline, 'kind') === 'trailing';
    if (lengthMs === null || (lengthMs === 0 && mayBeZero)) continue;
    if (lengthMs === 0 || lengthMs % BASE_WINDOW_MS !== 0) {
      complain([...path, 'baseline', key], `the ${key} must be a multiple of 1m`);
    }
  }
  const offsetMs = durationAt(baseline, 'offset');
  if (textAt(baseline, 'kind') === 'same_time' && offsetMs !== null && offsetMs !== 0 && offsetMs < windowMs) {
    complain([...path, 'baseline', 'offset'], 'the offset must be at least as long as the window, or the two overlap');
  }
}

function checkFields(raw: Raw, path: readonly (string | number)[], complain: Complain): void {
  const fields = [...itemsOf(at(raw, 'fields'))].map(([, field]) => field);
  if (fields.includes('*') && fields.length > 1)
    complain([...path, 'fields'], '"*" stands for every field: name no others beside it');
  if (fields.length > 0 && !fields.includes('*') && at(raw, 'exclude') !== undefined) {
    complain([...path, 'exclude'], 'exclude goes with fields: ["*"] only', 'key');
  }
  const seen = new Set<string>();
  for (const [index, field] of fields.entries()) {
    refuseTwice(seen, typeof field === 'string' ? field : null, 'field', [...path, 'fields', index], complain);
  }
}

function checkConditions(rule: Raw, path: readonly (string | number)[], complain: Complain): void {
  const fire = conditionAt(rule, 'fire');
  const clear = conditionAt(rule, 'clear');
  if (fire && clear && overlap(fire, clear)) {
    complain([...path, 'clear'], `contradicts fire: some values are both '${fire.text}' and '${clear.text}'`);
  }
  const block = BLOCKS.find((one) => at(rule, one) !== undefined);
  const measure = block === undefined ? null : measureIn(at(rule, block));
  if (measure === null) return;
  for (const [key, one] of [
    ['fire', fire],
    ['clear', clear],
  ] as const) {
    const complaint = one && unreachable(one, measure);
    if (complaint) complain([...path, key], complaint);
  }
}

/** A bound outside what the measure can reach is a slip, such as a percentage where a share belongs. */
function unreachable(condition: Condition, measure: string): string | null {
  const known = Object.hasOwn(MEASURES, measure) ? MEASURES[measure as MeasureName] : null;
  if (known?.unit === 'share' && (condition.bound < 0 || condition.bound > 1)) {
    return `'${measure}' is a share, 0 to 1, so '${condition.text}' means nothing; 5 % is written 0.05`;
  }
  const startsAtZero = known?.unit === 'index' || measure === 'rows' || measure === 'rows_ratio';
  return startsAtZero && condition.bound < 0 ? `'${measure}' is never below 0` : null;
}

function checkAnnotations(
  rule: Raw,
  labelNames: readonly string[],
  path: readonly (string | number)[],
  complain: Complain,
): void {
  for (const [name, template] of entriesOf(at(rule, 'annotations'))) {
    if (typeof template !== 'string') continue;
    try {
      compileTemplate(template, labelNames);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      complain([...path, 'annotations', name], error.message);
    }
  }
}

/** The measure a block asks for; `drift` calls it method. */
export function measureIn(block: Raw): string | null {
  return textAt(block, 'method') ?? textAt(block, 'measure');
}

function conditionAt(rule: Raw, key: string): Condition | null {
  const text = textAt(rule, key);
  return text === null ? null : orNull(() => parseCondition(text));
}

function durationAt(block: Raw, key: string): number | null {
  const raw = at(block, key);
  if (raw === 0) return 0;
  return typeof raw === 'string' ? orNull(() => parseDuration(raw)) : null;
}

/** Texts of a wrong form were complained of by the schema already. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A hint for a name that is not among the known ones. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const list = known.length === 0 ? 'none is defined' : `known: ${known.join(', ')}`;
  return `there is no ${what} '${name}'${didYouMean(name, known) || `; ${list}`}`;
}

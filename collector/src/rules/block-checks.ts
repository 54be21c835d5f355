import { type Complain, refuseTwice } from './complain.ts';
import { isPattern, meansField } from './field-pattern.ts';
import type { Block } from './inherit.ts';
import { measureNamed, neededBy, SIGNED_MEASURES } from './measure.ts';
import { at, itemsOf, type Raw, textAt } from './raw.ts';
import { durationAt, measureIn } from './read-raw.ts';
import { isRowShare } from './rule.ts';

/** Windows are stored by the minute. */
const BASE_WINDOW_MS = 60_000;

/** What a schema cannot see in one block, which has what it inherits. */
export function checkBlock(block: Block, raw: Raw, complainOfRule: Complain): void {
  // Of a block that is no mapping the schema has complained.
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw) || block === 'composite') return;
  const complain: Complain = (path, message, part) => complainOfRule([block, ...path], message, part);
  for (const key of ['model', 'window']) {
    if (at(raw, key) === undefined) complain([], `'${key}' is missing here, and no defaults give it`);
  }
  checkWindow(raw, complain);
  checkFields(raw, complain);
  checkSlices(raw, complain);
  const measure = measureIn(block, raw);
  if (measure === null) return;
  checkBaseline(block, measure, at(raw, 'baseline') !== undefined, complain);
  checkMoving(raw, complain);
  checkAsked(block, raw, measure, complain);
}

function checkBaseline(block: Block, measure: string, hasBaseline: boolean, complain: Complain): void {
  if (measure === 'rows' && hasBaseline) {
    complain(['baseline'], "'rows' is a plain count and takes no baseline", 'key');
    return;
  }
  const ofSilence = measure === 'rows_ratio' ? 'required' : 'none';
  const needs = block === 'silence' ? ofSilence : measureNamed(measure)?.baseline;
  if (needs === 'required' && !hasBaseline) complain([], `'${measure}' needs a baseline to compare with`);
  if (needs === 'none' && hasBaseline) complain(['baseline'], `'${measure}' takes no baseline`, 'key');
}

function checkAsked(block: Block, raw: Raw, measure: string, complain: Complain): void {
  if (block === 'confidence') {
    const needed = neededBy(measure);
    if (needed !== null && at(raw, needed) === undefined) complain([], `'${measure}' needs '${needed}'`);
    for (const key of ['quantile', 'below', 'class']) {
      if (key !== needed && at(raw, key) !== undefined) complain([key], `'${measure}' takes no '${key}'`, 'key');
    }
  }
  if (at(raw, 'direction') !== undefined && !SIGNED_MEASURES.includes(measure)) {
    complain(['direction'], `'${measure}' has no sign; direction goes with ${SIGNED_MEASURES.join(', ')}`, 'key');
  }
  if (isRowShare(measure) && at(raw, 'slice_by') !== undefined)
    complain(['slice_by'], `'${measure}' is judged over all traffic: how many rows a slice had is not known`, 'key');
  if (block === 'schema') checkViolations(raw, measure, complain);
}

/** The check names what is counted, and the guard's own series is where. */
function checkViolations(raw: Raw, measure: string, complain: Complain): void {
  if (measure !== 'violation_share') {
    if (at(raw, 'check') !== undefined) complain(['check'], `'${measure}' takes no 'check'`, 'key');
    return;
  }
  if (at(raw, 'check') === undefined) complain([], "'violation_share' needs 'check', the name of a check of the guard");
  for (const key of ['stage', 'field', 'fields', 'exclude']) {
    if (at(raw, key) !== undefined) complain([key], "'violation_share' is of whole calls and takes no fields", 'key');
  }
}

function checkWindow(raw: Raw, complain: Complain): void {
  const windowMs = durationAt(raw, 'window');
  if (windowMs !== null && !isWhole(windowMs))
    complain(['window'], `the window must be a multiple of 1m, got ${textAt(raw, 'window') ?? 0}`);
  const widenMs = durationAt(raw, 'widen_to');
  if (widenMs !== null && !isWhole(widenMs)) complain(['widen_to'], 'widen_to must be a multiple of 1m');
  else if (widenMs !== null && windowMs !== null && widenMs < windowMs)
    complain(['widen_to'], `widen_to must be at least as long as the window, ${textAt(raw, 'window')}`);
  const baseline = at(raw, 'baseline');
  for (const key of ['offset', 'duration']) {
    const lengthMs = durationAt(baseline, key);
    const mayBeZero = key === 'offset' && textAt(baseline, 'kind') === 'trailing';
    if (lengthMs === null || (lengthMs === 0 && mayBeZero)) continue;
    if (!isWhole(lengthMs)) complain(['baseline', key], `the ${key} must be a multiple of 1m`);
  }
  const offsetMs = durationAt(baseline, 'offset');
  const isOffset = textAt(baseline, 'kind') === 'same_time' && offsetMs !== null && offsetMs !== 0;
  if (isOffset && windowMs !== null && offsetMs < windowMs) {
    complain(['baseline', 'offset'], 'the offset must be at least as long as the window, or the two overlap');
  }
}

/** What cannot be seen of a moving baseline by itself. */
function checkMoving(raw: Raw, complain: Complain): void {
  const baseline = at(raw, 'baseline');
  const kind = textAt(baseline, 'kind');
  const window = durationAt(raw, 'window');
  const widest = durationAt(raw, 'widen_to');
  if (kind === 'same_time' && window !== null && widest !== null && widest > window)
    complain(
      ['widen_to'],
      "with the baseline 'same_time' the window stays as long as the spans it is compared with",
      'key',
    );
  const other = textAt(baseline, 'version');
  if (kind === 'version' && other !== null && other === textAt(raw, 'version'))
    complain(['baseline', 'version'], `version '${other}' would be compared with itself`);
}

function isWhole(lengthMs: number): boolean {
  return lengthMs > 0 && lengthMs % BASE_WINDOW_MS === 0;
}

function checkFields(raw: Raw, complain: Complain): void {
  const fields = textsAt(raw, 'fields');
  const patterns = at(raw, 'fields') === undefined ? ['*'] : fields.filter(isPattern);
  if (fields.includes('*') && fields.length > 1)
    complain(['fields'], '"*" stands for every field: name no others beside it');
  if (patterns.length === 0 && at(raw, 'exclude') !== undefined)
    complain(['exclude'], 'exclude goes with a * in fields only', 'key');
  for (const key of ['fields', 'exclude']) {
    const seen = new Set<string>();
    for (const [index, field] of textsAt(raw, key).entries()) refuseTwice(seen, field, 'field', [key, index], complain);
  }
  for (const [index, one] of textsAt(raw, 'exclude').entries()) {
    const named = fields.find((field) => !isPattern(field) && meansField(one, field));
    if (named !== undefined) complain(['exclude', index], `leaves out '${named}', which fields names`);
  }
}

function checkSlices(raw: Raw, complain: Complain): void {
  const seen = new Set<string>();
  for (const [index, dimension] of textsAt(raw, 'slice_by').entries()) {
    refuseTwice(seen, dimension, 'dimension', ['slice_by', index], complain);
    if (dimension.includes('='))
      complain(['slice_by', index], `expected the name of a dimension, such as '${dimension.split('=')[0]}'`);
  }
  if (at(raw, 'slice_limit') !== undefined && at(raw, 'slice_by') === undefined)
    complain(['slice_limit'], 'slice_limit goes with slice_by only', 'key');
}

function textsAt(raw: Raw, key: string): string[] {
  return [...itemsOf(at(raw, key))].map(([, one]) => (typeof one === 'string' ? one : ''));
}

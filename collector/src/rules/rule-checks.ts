import { checkActive } from './active-checks.ts';
import { checkBlock } from './block-checks.ts';
import { type Complain, refuseTwice } from './complain.ts';
import { checkComposites } from './composite-checks.ts';
import { checkConditions } from './condition-checks.ts';
import { BLOCKS, inherit, originOf } from './inherit.ts';
import { JUDGEMENT_LABELS, labelNamesOf } from './label-names.ts';
import { parseOccurrences } from './occurrences.ts';
import { checkOverrides } from './override-checks.ts';
import { at, entriesOf, itemsOf, type Raw, textAt } from './raw.ts';
import { compileTemplate, TemplateError } from './template.ts';

/**
 * What a schema cannot see in the rules: names used twice, no block or two, a window between stored windows, `clear`
 * against `fire`, bounds that no value reaches, baselines that lack, templates that speak of nothing. Takes the file
 * as it was read, also where its form is wrong elsewhere, so that one run finds everything. Rules are checked with what
 * they inherit; a mistake is reported where it was written.
 */
export function checkRules(file: Raw, complain: Complain): void {
  const groupNames = new Set<string>();
  const alertNames = new Set<string>();
  checkLabels(at(file, 'labels'), ['labels'], complain);
  for (const [g, group] of itemsOf(at(file, 'groups'))) {
    refuseTwice(groupNames, textAt(group, 'name'), 'group', ['groups', g, 'name'], complain);
    checkLabels(at(group, 'labels'), ['groups', g, 'labels'], complain);
    for (const [r, rule] of itemsOf(at(group, 'rules'))) {
      const path = ['groups', g, 'rules', r];
      refuseTwice(alertNames, textAt(rule, 'alert'), 'alert', [...path, 'alert'], complain);
      checkLabels(at(rule, 'labels'), [...path, 'labels'], complain);
      checkRule(inherit(rule, group, file), (inside, message, part) =>
        complain(originOf(inside, file, g, r), message, part),
      );
    }
    checkComposites(group, ['groups', g], complain);
  }
}

function checkRule(rule: Raw, complain: Complain): void {
  const present = BLOCKS.filter((block) => at(rule, block) !== undefined);
  if (present.length === 0) complain([], `a rule needs one of the blocks ${BLOCKS.join(', ')}`);
  for (const extra of present.slice(1)) {
    complain([extra], `a rule has one block, and this one has '${present[0]}' already`, 'key');
  }
  for (const block of present) checkBlock(block, at(rule, block), complain);
  const [block] = present;
  checkConditions(rule, block ?? null, [], complain);
  checkOverrides(rule, block ?? null, complain);
  checkOccurrences(rule, complain);
  checkActive(at(rule, 'active'), complain);
  checkAnnotations(rule, complain);
}

/** Complains of labels that a judgement gives. */
export function checkLabels(labels: Raw, path: readonly (string | number)[], complain: Complain): void {
  for (const [name] of entriesOf(labels)) {
    if (JUDGEMENT_LABELS.has(name))
      complain([...path, name], `the label '${name}' is set by the judgement itself`, 'key');
  }
}

function checkOccurrences(rule: Raw, complain: Complain): void {
  const text = textAt(rule, 'occurrences');
  // A text of another form was complained of by the schema.
  if (text === null || !/^\s*\d+\s+of\s+\d+\s*$/.test(text)) return;
  try {
    parseOccurrences(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    complain(['occurrences'], error.message);
  }
}

function checkAnnotations(rule: Raw, complain: Complain): void {
  const labelNames = labelNamesOf(rule);
  for (const [name, template] of entriesOf(at(rule, 'annotations'))) {
    if (typeof template !== 'string') continue;
    try {
      compileTemplate(template, labelNames);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      complain(['annotations', name], error.message);
    }
  }
}

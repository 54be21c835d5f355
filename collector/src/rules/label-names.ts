import { at, entriesOf, type Raw } from './raw.ts';

/** Labels that a judgement gives its findings, which a rule cannot set. */
export const JUDGEMENT_LABELS: ReadonlySet<string> = new Set([
  'alertname',
  'project',
  'model',
  'version',
  'stage',
  'field',
  'slice',
  'rulename',
]);

/** The labels that an alert of this rule can have, for its templates. `rule` has what it inherits. */
export function labelNamesOf(rule: Raw): string[] {
  const own = entriesOf(at(rule, 'labels')).map(([name]) => name);
  return [...new Set(['alertname', 'project', 'severity', ...judgedLabels(rule), ...own])];
}

function judgedLabels(rule: Raw): readonly string[] {
  const has = (block: string): boolean => at(rule, block) !== undefined;
  // Silence is judged over all versions of a model.
  if (has('silence')) return ['model'];
  return has('errors') || has('composite') ? ['model', 'version'] : ['model', 'version', 'stage', 'field', 'slice'];
}

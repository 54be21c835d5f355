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

/** The labels that an alert of this rule can have, for its templates. Silence is judged over all versions of a model. */
export function labelNamesOf(rule: Raw, group: Raw): string[] {
  const judged = at(rule, 'silence') === undefined ? ['model', 'version', 'stage', 'field', 'slice'] : ['model'];
  const own = [...entriesOf(at(group, 'labels')), ...entriesOf(at(rule, 'labels'))].map(([name]) => name);
  return [...new Set(['alertname', 'project', 'severity', ...judged, ...own])];
}

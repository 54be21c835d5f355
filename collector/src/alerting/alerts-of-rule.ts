import type { Rule } from '../rules/rule.ts';
import type { StoredAlert } from './judge-store.ts';

/** The alerts of a rule that are still to be dealt with. */
export function ofRule(rule: Rule, stored: ReadonlyMap<string, StoredAlert>): StoredAlert[] {
  const own: StoredAlert[] = [];
  for (const alert of stored.values()) if (belongsTo(alert, rule)) own.push(alert);
  return byFingerprint(own);
}

/** What ends at one tick ends in one order, whatever the store answers first: histories are compared to the byte. */
export function byFingerprint(alerts: readonly StoredAlert[]): StoredAlert[] {
  return alerts.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

/** An alert of the rule itself, or of its health. */
function belongsTo({ alertname, labels }: StoredAlert, rule: Rule): boolean {
  return alertname === rule.alert || labels.rulename === rule.alert;
}

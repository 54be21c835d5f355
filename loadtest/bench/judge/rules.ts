import { loadRules } from '../../../collector/src/rules/load.ts';
import type { RuleSet } from '../../../collector/src/rules/rule-set.ts';

/** Six scores of every series: those that a page of numbers can be asked for. */
export const SIX_SCORES = rulesOf(`
version: 1
groups:
  - name: six
    interval: 1h
    query_offset: 0
    rules:
      - { alert: Psi, drift: { model: wide, method: psi, window: 1h, baseline: { kind: reference, name: training }, min_samples: 100 }, fire: "> 0.5" }
      - { alert: Ks, drift: { model: wide, method: ks, window: 1h, baseline: { kind: reference, name: training }, min_samples: 100 }, fire: "> 0.5" }
      - { alert: Missing, schema: { model: wide, measure: null_share, window: 1h }, fire: "> 0.2" }
      - { alert: Types, schema: { model: wide, measure: type_share, window: 1h }, fire: "> 0.01" }
      - { alert: Range, schema: { model: wide, measure: range_share, window: 1h, baseline: { kind: reference, name: training } }, fire: "> 0.05" }
      - { alert: Declared, schema: { model: wide, measure: range_share, window: 1h }, fire: "> 0.05" }
`);

/** What a team would run over its models: drift and values of the last hour, the day in a sliding span, and silence. */
export const FLEET_RULES = rulesOf(`
version: 1
groups:
  - name: fleet
    interval: 1h
    query_offset: 0
    rules:
      - { alert: Drift, drift: { model: "*", method: psi, window: 1h, baseline: { kind: reference, name: training }, min_samples: 100 }, fire: "> 0.25", clear: "< 0.2", for: 2h, keep_firing_for: 2h }
      - { alert: Shift, drift: { model: "*", method: ks, window: 1h, baseline: { kind: reference, name: training }, min_samples: 100 }, fire: "> 0.3", for: 1h }
      - { alert: DayDrift, drift: { model: "*", method: psi, window: 1d, baseline: { kind: reference, name: training }, min_samples: 1000 }, fire: "> 0.25", clear: "< 0.2" }
      - { alert: Missing, schema: { model: "*", measure: null_share, window: 1h }, fire: "> 0.2", keep_firing_for: 1h }
      - { alert: Unseen, schema: { model: "*", measure: unseen_share, window: 1h, baseline: { kind: reference, name: training } }, fire: "> 0.05" }
      - { alert: Range, schema: { model: "*", measure: range_share, window: 1h, baseline: { kind: reference, name: training } }, fire: "> 0.05" }
      - { alert: Quiet, silence: { model: "*", measure: rows_ratio, window: 1h, baseline: { kind: same_time, offset: 1d, periods: 3 } }, fire: "< 0.3" }
`);

function rulesOf(text: string): RuleSet {
  const loaded = loadRules(text, 'bench');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded.rules;
}

import type { Baseline, BaselineSeries, BaselineWindow } from '../../baseline/baseline.ts';
import { formatMistakes } from '../../checked-yaml.ts';
import { evaluateRule } from '../../rules/evaluate.ts';
import { loadRules } from '../../rules/load.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { dueTicks } from '../../rules/schedule.ts';
import { BaselineHistory } from './baseline-history.ts';
import { type DraftRule, draftRules, fitted } from './draft-rule.ts';
import { rulesText } from './rules-text.ts';

/** A baseline, and what it keeps of each hour or day; `windowMs` null where it keeps none. */
export type InferredFrom = {
  readonly baseline: Baseline;
  readonly windowMs: number | null;
  readonly windowsOf: (series: BaselineSeries) => Promise<readonly BaselineWindow[]>;
};

/**
 * A rule file that is quiet on a baseline: the usual rules for what it has, with other thresholds for the fields whose own windows
 * come near the usual ones. `told` hears of every field that was judged.
 */
export async function inferRules(from: InferredFrom, told: (done: number, of: number) => void): Promise<string> {
  const { baseline, windowMs } = from;
  const { model, version, name } = baseline;
  const subject = { model, version, baseline: name, windowMs };
  let drafts = draftRules(baseline);
  if (windowMs === null) return rulesText(subject, drafts);
  const groups = groupsOf(rulesText(subject, drafts));
  const all = [...baseline.series.values()];
  for (const [i, series] of all.entries()) {
    const windows = await from.windowsOf(series);
    if (windows.length > 0) {
      const highest = await highestScores(
        groups,
        new BaselineHistory(baseline, series, windows, windowMs),
        windows,
        windowMs,
      );
      drafts = drafts.map((draft): DraftRule => {
        const score = draft.stage === series.stage ? highest.get(draft.alert) : undefined;
        return score === undefined ? draft : fitted(draft, series.field, score);
      });
    }
    told(i + 1, all.length);
  }
  return rulesText(subject, drafts);
}

/** The highest score of each rule over the windows of one series; rules that could not be judged are left out. */
async function highestScores(
  groups: readonly RuleGroup[],
  source: BaselineHistory,
  windows: readonly BaselineWindow[],
  windowMs: number,
): Promise<Map<string, number>> {
  const highest = new Map<string, number>();
  for (const { intervalMs, rules } of groups) {
    const cadence = { intervalMs, queryOffsetMs: 0 };
    const until = windows.at(-1)!.start + windowMs;
    for (const tick of dueTicks(windows[0]!.start, until, cadence, Number.POSITIVE_INFINITY).ticks) {
      for (const rule of rules) {
        for (const { value } of await evaluateRule(rule, tick, source)) {
          if (value !== null)
            highest.set(rule.alert, Math.max(value, highest.get(rule.alert) ?? Number.NEGATIVE_INFINITY));
        }
      }
    }
  }
  return highest;
}

function groupsOf(text: string): readonly RuleGroup[] {
  const loaded = loadRules(text, 'inferred rules');
  if (!loaded.ok) throw new Error(formatMistakes(loaded.mistakes));
  return loaded.rules.groups;
}

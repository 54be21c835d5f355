import type { RuleSet } from '../rules/rule-set.ts';
import type { HistorySource } from './history-source.ts';

/** The rules of one name, in their groups; null where there is none of that name. */
export function onlyRule(rules: RuleSet, name: string): RuleSet | null {
  const groups = rules.groups
    .map((group) => ({ ...group, rules: group.rules.filter(({ alert }) => alert === name) }))
    .filter((group) => group.rules.length > 0);
  return groups.length === 0 ? null : { ...rules, groups };
}

/** A source that shows one model alone; rules of others find nothing. */
export function onlyModel(source: HistorySource, model: string): HistorySource {
  return {
    models: async () => (await source.models()).filter((one) => one === model),
    versions: async (asked) => (asked === model ? source.versions(asked) : []),
    series: (versionId) => source.series(versionId),
    spans: (ids, from, to) => source.spans(ids, from, to),
    traffic: (ids, from, to) => source.traffic(ids, from, to),
    baseline: (asked, version, name) => source.baseline(asked, version, name),
    baselineWindows: async (id, series, spanMs) => (await source.baselineWindows?.(id, series, spanMs)) ?? [],
    firstWindows: (ids) => source.firstWindows(ids),
    pieceWidth: (from, to) => source.pieceWidth(from, to),
    summaryPieces: (ids, from, to, width) => source.summaryPieces(ids, from, to, width),
    trafficPieces: (ids, from, to, width) => source.trafficPieces(ids, from, to, width),
  };
}

import type { SeriesKind } from '@tidemark/sketch';
import { type Baseline, type BaselineSeries, seriesKey } from '../baseline/baseline.ts';
import type { Measure } from '../drift/index.ts';
import type { SeriesJudgement } from './rule.ts';
import type { SeriesInfo } from './source.ts';

/** One field to judge. `info` is null where it was never seen, `fault` says why it cannot be judged. */
export type Selected = {
  readonly field: string;
  readonly info: SeriesInfo | null;
  readonly reference: BaselineSeries | null;
  readonly fault: string | null;
};

/**
 * The fields that a rule judges, whole traffic only. Named fields are always there, with a fault where they cannot
 * be judged. `*` takes the fields the measure means something for; with a baseline it takes those of the baseline,
 * so that a field which never arrives is seen to be missing, and leaves out those the baseline knows nothing of.
 */
export function selectSeries(
  judgement: SeriesJudgement,
  measure: Measure,
  infos: readonly SeriesInfo[],
  baseline: Baseline | null,
): Selected[] {
  const byField = new Map<string, SeriesInfo>();
  for (const info of infos) if (info.stage === judgement.stage && info.slice === '') byField.set(info.field, info);
  const lookUp = (field: string): Selected => {
    const info = byField.get(field) ?? null;
    const reference = baseline?.series.get(seriesKey(judgement.stage, field)) ?? null;
    return { field, info, reference, fault: faultOf(judgement, measure, field, info, reference, baseline) };
  };
  if (judgement.fields.kind === 'named') return judgement.fields.fields.map(lookUp);
  const { exclude } = judgement.fields;
  return candidates(judgement, byField, baseline)
    .filter((field) => !exclude.includes(field))
    .map(lookUp)
    .filter(({ info, reference }) => measure.kinds.includes(kindOf(info, reference)));
}

function candidates(
  judgement: SeriesJudgement,
  byField: ReadonlyMap<string, SeriesInfo>,
  baseline: Baseline | null,
): string[] {
  if (baseline === null) return [...byField.keys()].sort();
  return [...baseline.series.values()]
    .filter((one) => one.stage === judgement.stage)
    .map((one) => one.field)
    .sort();
}

/** The baseline's word counts first: a number that has become text must be reported, not left out. */
function kindOf(info: SeriesInfo | null, reference: BaselineSeries | null): SeriesKind {
  return reference?.kind ?? info?.kind ?? 'number';
}

function faultOf(
  judgement: SeriesJudgement,
  measure: Measure,
  field: string,
  info: SeriesInfo | null,
  reference: BaselineSeries | null,
  baseline: Baseline | null,
): string | null {
  if (judgement.baseline !== null && baseline === null)
    return `there is no baseline '${judgement.baseline}' for this model`;
  if (baseline !== null && reference === null)
    return `the baseline '${baseline.name}' has no ${judgement.stage} '${field}'`;
  if (info && reference && info.kind !== reference.kind) {
    return `is a ${info.kind} series now and a ${reference.kind} series in the baseline`;
  }
  const kind = kindOf(info, reference);
  return measure.kinds.includes(kind) ? null : `${judgement.measure} means nothing for a ${kind} series`;
}

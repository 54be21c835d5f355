import type { SeriesKind } from '@tidemark/sketch';
import { type Baseline, type BaselineSeries, seriesKey } from '../baseline/baseline.ts';
import type { Measure } from '../drift/index.ts';
import { meansField } from './field-pattern.ts';
import type { SeriesJudgement } from './rule.ts';
import type { SeriesInfo } from './source.ts';

/** One field, or one slice of it, to judge. */
export type Selected = {
  readonly field: string;
  /** Empty for all traffic. */
  readonly slice: string;
  /** The same series of each version that is judged; empty where it was never seen. */
  readonly infos: readonly SeriesInfo[];
  readonly reference: BaselineSeries | null;
  /** What the baseline is, for messages; null where there is none. */
  readonly baselineName: string | null;
  /** Why it cannot be judged. */
  readonly fault: string | null;
};

/**
 * The series that a rule judges. Named fields are always there, with a fault where they cannot be judged. Patterns find
 * the fields the measure means something for; with a baseline they find those of the baseline, so that a field which never
 * arrives is seen to be missing, and leave out those the baseline knows nothing of. Where the rule asks for slices, each
 * field stands for those it has, and all traffic is left out. `infos` may be of several versions.
 */
export function selectSeries(
  judgement: SeriesJudgement,
  measure: Pick<Measure, 'kinds'>,
  infos: readonly SeriesInfo[],
  baseline: Baseline | null,
): Selected[] {
  const ofStage = infos.filter((info) => info.stage === judgement.stage);
  const bySlice = Map.groupBy(ofStage, (info) => JSON.stringify([info.field, info.slice]));
  const lookUp = (field: string, slice: string): Selected => {
    const same = bySlice.get(JSON.stringify([field, slice])) ?? [];
    const reference = baseline?.series.get(seriesKey(judgement.stage, field)) ?? null;
    return {
      field,
      slice,
      infos: same,
      reference,
      baselineName: baseline?.name ?? null,
      fault: faultOf(judgement, measure, field, same, reference, baseline),
    };
  };
  const { named, patterns, exclude } = judgement.fields;
  const found = candidates(judgement, ofStage, baseline)
    .filter((field) => !named.includes(field) && patterns.some((one) => meansField(one, field)))
    .filter((field) => !exclude.some((one) => meansField(one, field)))
    .map((field) => lookUp(field, ''))
    .filter(({ infos: [info], reference }) => measure.kinds.includes(kindOf(info, reference)));
  const whole = [...named.map((field) => lookUp(field, '')), ...found];
  const { slices } = judgement;
  if (slices === null) return whole;
  return whole.flatMap(({ field }) =>
    slices.dimensions.flatMap((dimension) =>
      slicesOf(
        dimension,
        slices.limit,
        ofStage.filter((info) => info.field === field),
        (slice) => lookUp(field, slice),
      ),
    ),
  );
}

/** The slices of one field that were seen first, so that new ones never take the place of others; what is beyond is told. */
function slicesOf(
  dimension: string,
  limit: number,
  infos: readonly SeriesInfo[],
  lookUp: (slice: string) => Selected,
): Selected[] {
  const ofDimension = infos.filter(({ slice }) => slice.startsWith(`${dimension}=`)).sort((a, b) => a.id - b.id);
  const slices = [...new Set(ofDimension.map(({ slice }) => slice))];
  const all: Selected = { ...lookUp(`${dimension}=*`), infos: [], reference: null };
  if (slices.length === 0) return [{ ...all, fault: null }];
  const judged = slices.slice(0, limit).map(lookUp);
  if (slices.length <= limit) return judged;
  const fault = `${slices.length} slices, of which slice_limit lets ${limit} be judged`;
  return [...judged, { ...all, fault }];
}

function candidates(judgement: SeriesJudgement, ofStage: readonly SeriesInfo[], baseline: Baseline | null): string[] {
  if (baseline === null) return [...new Set(ofStage.map(({ field }) => field))].sort();
  return [...baseline.series.values()]
    .filter((one) => one.stage === judgement.stage)
    .map((one) => one.field)
    .sort();
}

/** The baseline's word counts first: a number that has become text must be reported, not left out. */
function kindOf(info: SeriesInfo | undefined, reference: BaselineSeries | null): SeriesKind {
  return reference?.kind ?? info?.kind ?? 'number';
}

function faultOf(
  judgement: SeriesJudgement,
  measure: Pick<Measure, 'kinds'>,
  field: string,
  infos: readonly SeriesInfo[],
  reference: BaselineSeries | null,
  baseline: Baseline | null,
): string | null {
  if (judgement.baseline !== null && baseline === null)
    return `there is no baseline '${judgement.baseline}' for this model`;
  if (baseline !== null && reference === null)
    return `the baseline '${baseline.name}' has no ${judgement.stage} '${field}'`;
  const [info] = infos;
  const other = infos.find(({ kind }) => kind !== info?.kind);
  if (other) return `is a ${info!.kind} series in one version and a ${other.kind} series in another`;
  if (info && reference && info.kind !== reference.kind) {
    return `is a ${info.kind} series now and a ${reference.kind} series in the baseline`;
  }
  const kind = kindOf(info, reference);
  return infos.length + (reference ? 1 : 0) === 0 || measure.kinds.includes(kind)
    ? null
    : `${judgement.measure} means nothing for a ${kind} series`;
}

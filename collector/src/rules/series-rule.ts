import type { Baseline } from '../baseline/baseline.ts';
import type { Chance } from '../chance/chance.ts';
import type { Measure } from '../drift/index.ts';
import { messageOf } from '../errors.ts';
import { holdToBudgets } from './budget-rule.ts';
import { fetchSpans, isAboutData, together } from './fetch-spans.ts';
import type { Finding } from './finding.ts';
import { liveVersions } from './live-versions.ts';
import { measureOf } from './measure.ts';
import { movingBaseline } from './moving-baseline.ts';
import { rowShareOf } from './row-share.ts';
import { isRowShare, type Rule, type SeriesJudgement } from './rule.ts';
import { ruleOfField } from './rule-of-field.ts';
import { type Selected, selectSeries } from './select-series.ts';
import type { JudgingSource, SeriesInfo, VersionInfo } from './source.ts';
import { type Judged, type Verdict, verdictOn, without } from './verdict.ts';
import { widerSpans } from './wider-spans.ts';

/**
 * Judges the series of one model: the blocks drift, schema, confidence and latency differ in measure and stage only. What
 * is damaged for one field (its bytes, its baseline) becomes that field's finding; a store that does not answer makes
 * it throw.
 */
export async function judgeSeries(
  rule: Rule,
  judgement: SeriesJudgement,
  model: string,
  tick: number,
  source: JudgingSource,
  chance: Chance,
): Promise<Finding[]> {
  const versions = liveVersions(await source.versions(model), judgement.version, tick, judgement.windowMs);
  const judgedAsOne = judgement.isMerged ? [versions] : versions.map((one) => [one]);
  const findings: Finding[] = [];
  for (const group of judgedAsOne) {
    if (group.length > 0) findings.push(...(await judgeVersions(rule, judgement, group, tick, source, chance)));
  }
  return findings;
}

async function judgeVersions(
  rule: Rule,
  judgement: SeriesJudgement,
  versions: readonly VersionInfo[],
  tick: number,
  source: JudgingSource,
  chance: Chance,
): Promise<Finding[]> {
  const version = versions[0]!;
  const infos = (await Promise.all(versions.map(({ id }) => source.series(id)))).flat();
  const { baseline, failed, faults } = await baselineOf(judgement, version, tick, source);
  // A rule for every model judges those that have the baseline; a model named in the rule ought to have it.
  if (judgement.baseline !== null && baseline === null && failed === null && judgement.model === null) return [];
  const measure = isRowShare(judgement.measure) ? EVERY_KIND : measureOf(judgement.measure, judgement.asked);
  const selected = selectSeries(judgement, measure, infos, baseline).map((one) => {
    const fault = failed ?? faults?.get(one.field) ?? one.fault;
    return fault === one.fault ? one : { ...one, fault };
  });
  const found = await judgeSelected({ rule, judgement, measure, versions, infos, tick, source }, selected);
  const judged = await holdToBudgets({ rule, judgement, measure, baseline, tick, source, chance }, selected, found);
  return selected.map((one, index): Finding => {
    const { labels } = ruleOfField(rule, one.field);
    const about = {
      model: version.model,
      ...(judgement.isMerged ? {} : { version: version.version }),
      stage: judgement.stage,
      field: one.field,
      ...(one.slice === '' ? {} : { slice: one.slice }),
    };
    return {
      labels: { alertname: rule.alert, ...labels, ...about },
      measure: judgement.measure,
      ...judged[index]!.verdict,
      baselineId: judgement.moving === null ? (baseline?.id ?? null) : null,
      baseline: judgement.baseline,
      ...nRefOf(judgement, measure, one),
      version,
      seriesId: one.infos[0]?.id ?? null,
      spanFrom: judged[index]!.spanFrom,
      spanTo: tick,
    };
  });
}

/** What all series of one judgement have in common. */
type Scope = {
  readonly rule: Rule;
  readonly judgement: SeriesJudgement;
  readonly measure: Measure;
  readonly versions: readonly VersionInfo[];
  /** All series of the versions. */
  readonly infos: readonly SeriesInfo[];
  readonly tick: number;
  readonly source: JudgingSource;
};

const EVERY_KIND: Measure = {
  kinds: ['number', 'category', 'vector'],
  unit: 'share',
  baseline: 'optional',
  samples: (live) => live.kinds.total,
  score: () => Number.NaN,
};

async function judgeSelected(scope: Scope, selected: readonly Selected[]): Promise<Judged[]> {
  const { judgement, tick, versions } = scope;
  // Traffic cycles by hour and weekday: half a day compared with whole ones would say more about the clock than about
  // the model. Faults of single values and slow calls are news at any hour, and are judged from the first window on.
  const mayBeYoung = judgement.kind === 'schema' || judgement.kind === 'latency';
  const earliest = mayBeYoung ? -Infinity : Math.min(...versions.map(({ firstSeen }) => firstSeen));
  const from = tick - judgement.windowMs;
  if (earliest > from) {
    const verdict = without('insufficient', 0, 'the version is younger than the window');
    return selected.map(() => ({ verdict, spanFrom: from }));
  }
  let open = [...selected.keys()];
  const judged: Judged[] = [];
  for (const spanFrom of [from, ...widerSpans(judgement, tick, earliest)]) {
    const asked = open.map((index) => selected[index]!);
    const verdicts = await verdictsOn(scope, asked, spanFrom);
    for (const [i, index] of open.entries()) judged[index] = { verdict: verdicts[i]!, spanFrom };
    open = open.filter((index) => lacksSamples(judged[index]!.verdict) && selected[index]!.infos.length > 0);
    if (open.length === 0) break;
  }
  return judged;
}

function lacksSamples({ health }: Verdict): boolean {
  return health === 'insufficient' || health === 'nodata';
}

async function verdictsOn(scope: Scope, selected: readonly Selected[], from: number): Promise<Verdict[]> {
  const { rule, judgement, measure, tick, source } = scope;
  const readable = selected.filter(({ fault }) => fault === null);
  const spans = await fetchSpans(readable.flatMap(idsOf), from, tick, source);
  const rows = isRowShare(judgement.measure) ? await rowsOfStage(scope, from) : 0;
  return selected.map((one) => {
    const own = ruleOfField(rule, one.field);
    const ownJudgement = { ...judgement, minSamples: own.judgement.minSamples };
    const span = together(idsOf(one), spans);
    return isRowShare(judgement.measure)
      ? rowShareOf(own, ownJudgement, one, span, rows)
      : verdictOn(own, ownJudgement, measure, one, span);
  });
}

/** Values of the field of the stage that has the most; where no field of it came at all, the rows that were served. */
async function rowsOfStage({ judgement, versions, infos, tick, source }: Scope, from: number): Promise<number> {
  const whole = infos.filter(({ stage, slice }) => stage === judgement.stage && slice === '');
  const spans = await fetchSpans(
    whole.map(({ id }) => id),
    from,
    tick,
    source,
  );
  const totals = [...spans.values()].map((span) => ('failed' in span ? 0 : (span.summary?.kinds.total ?? 0)));
  const most = Math.max(0, ...totals);
  if (most > 0) return most;
  const ids = versions.map(({ id }) => id);
  return (await source.traffic(ids, from, tick)).rows;
}

function idsOf({ infos }: Selected): number[] {
  return infos.map(({ id }) => id);
}

/** What a moving baseline held at the tick is not there to be asked later, so it goes with the finding. */
function nRefOf({ moving }: SeriesJudgement, measure: Measure, { reference }: Selected): Pick<Finding, 'nRef'> {
  return moving === null || reference === null ? {} : { nRef: measure.samples(reference.summary) };
}

async function baselineOf(
  judgement: SeriesJudgement,
  version: VersionInfo,
  tick: number,
  source: JudgingSource,
): Promise<{ baseline: Baseline | null; failed: string | null; faults?: ReadonlyMap<string, string> }> {
  if (judgement.moving !== null)
    return { ...(await movingBaseline(judgement, judgement.moving, version, tick, source)), failed: null };
  if (judgement.baseline === null) return { baseline: null, failed: null };
  try {
    return { baseline: await source.baseline(version.model, version.version, judgement.baseline), failed: null };
  } catch (error) {
    if (!isAboutData(error)) throw error;
    return { baseline: null, failed: `the baseline '${judgement.baseline}' cannot be read: ${messageOf(error)}` };
  }
}

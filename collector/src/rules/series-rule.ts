import { SketchError, type Summary } from '@tidemark/sketch';
import type { Baseline } from '../baseline/baseline.ts';
import { MEASURES, type Measure } from '../drift/index.ts';
import { CollectorError, messageOf } from '../errors.ts';
import { evidenceOf } from './evidence.ts';
import type { Finding, FindingHealth } from './finding.ts';
import { liveVersions } from './live-versions.ts';
import type { Rule, SeriesJudgement } from './rule.ts';
import { type Selected, selectSeries } from './select-series.ts';
import type { JudgingSource, VersionInfo } from './source.ts';

/** A span that was fetched, or why it could not be. */
type Span = { readonly summary: Summary | null } | { readonly failed: string };

/** What a judgement comes to, before it is labelled. */
type Verdict = {
  readonly health: FindingHealth;
  readonly value: number | null;
  readonly samples: number;
  readonly message: string | null;
  readonly evidence: readonly string[];
};

/**
 * Judges the series of one model: the blocks drift, schema and confidence differ in measure and stage only. What
 * is damaged for one field (its bytes, its baseline) becomes that field's finding; a store that does not answer makes
 * it throw.
 */
export async function judgeSeries(
  rule: Rule,
  judgement: SeriesJudgement,
  model: string,
  tick: number,
  source: JudgingSource,
): Promise<Finding[]> {
  const versions = liveVersions(await source.versions(model), judgement.version, tick, judgement.windowMs);
  const findings: Finding[] = [];
  for (const version of versions) findings.push(...(await judgeVersion(rule, judgement, version, tick, source)));
  return findings;
}

async function judgeVersion(
  rule: Rule,
  judgement: SeriesJudgement,
  version: VersionInfo,
  tick: number,
  source: JudgingSource,
): Promise<Finding[]> {
  const infos = await source.series(version.id);
  const { baseline, failed } = await baselineOf(judgement, version, source);
  // A rule for every model judges those that have the baseline; a model named in the rule ought to have it.
  if (judgement.baseline !== null && baseline === null && failed === null && judgement.model === null) return [];
  const measure: Measure = MEASURES[judgement.measure];
  const selected = selectSeries(judgement, measure, infos, baseline);
  // Traffic cycles by hour and weekday: half a day compared with whole ones would say more about the clock than about
  // the model. Faults of single values (schema) do not cycle and are judged from the first window on.
  const isTooYoung = judgement.kind !== 'schema' && version.firstSeen > tick - judgement.windowMs;
  const spans = isTooYoung ? new Map() : await fetchSpans(selected, tick - judgement.windowMs, tick, source);
  return selected.map((one): Finding => {
    const verdict = isTooYoung
      ? without('insufficient', 0, 'the version is younger than the window')
      : verdictOn(rule, judgement, measure, failed === null ? one : { ...one, fault: failed }, spans);
    const slice = one.info === null || one.info.slice === '' ? {} : { slice: one.info.slice };
    const about = {
      model: version.model,
      version: version.version,
      stage: judgement.stage,
      field: one.field,
      ...slice,
    };
    return {
      labels: { alertname: rule.alert, ...rule.labels, ...about },
      measure: judgement.measure,
      ...verdict,
      baselineId: baseline?.id ?? null,
      baseline: judgement.baseline,
      version,
      seriesId: one.info?.id ?? null,
      spanFrom: tick - judgement.windowMs,
      spanTo: tick,
    };
  });
}

async function baselineOf(
  judgement: SeriesJudgement,
  version: VersionInfo,
  source: JudgingSource,
): Promise<{ baseline: Baseline | null; failed: string | null }> {
  if (judgement.baseline === null) return { baseline: null, failed: null };
  try {
    return { baseline: await source.baseline(version.model, version.version, judgement.baseline), failed: null };
  } catch (error) {
    if (!isAboutData(error)) throw error;
    return { baseline: null, failed: `the baseline '${judgement.baseline}' cannot be read: ${messageOf(error)}` };
  }
}

/** All spans in one question; where that fails, one by one, so that one series with bad bytes does not blind the rest. */
async function fetchSpans(
  selected: readonly Selected[],
  from: number,
  to: number,
  source: JudgingSource,
): Promise<Map<number, Span>> {
  const ids = selected.flatMap(({ info, fault }) => (info === null || fault !== null ? [] : [info.id]));
  const spans = new Map<number, Span>();
  if (ids.length === 0) return spans;
  try {
    const merged = await source.spans(ids, from, to);
    for (const id of ids) spans.set(id, { summary: merged.get(id) ?? null });
  } catch (error) {
    if (!isAboutData(error)) throw error;
    for (const id of ids) spans.set(id, await fetchSpan(id, from, to, source));
  }
  return spans;
}

/** Whether what is stored is damaged. A store that is away is no finding: the tick is judged when it is back. */
function isAboutData(error: unknown): boolean {
  return error instanceof SketchError || error instanceof CollectorError;
}

async function fetchSpan(id: number, from: number, to: number, source: JudgingSource): Promise<Span> {
  try {
    return { summary: (await source.spans([id], from, to)).get(id) ?? null };
  } catch (error) {
    if (!isAboutData(error)) throw error;
    return { failed: `its windows cannot be read: ${messageOf(error)}` };
  }
}

function verdictOn(
  rule: Rule,
  judgement: SeriesJudgement,
  measure: Measure,
  one: Selected,
  spans: ReadonlyMap<number, Span>,
): Verdict {
  if (one.fault !== null) return without('error', 0, one.fault);
  const span = one.info === null ? undefined : spans.get(one.info.id);
  if (span !== undefined && 'failed' in span) return without('error', 0, span.failed);
  const live = span?.summary ?? null;
  if (live === null || live.kinds.total === 0) return without('nodata', 0, 'no window in the span');
  try {
    return scored(rule, judgement, measure, one, live);
  } catch (error) {
    return without('error', 0, messageOf(error));
  }
}

function scored(rule: Rule, judgement: SeriesJudgement, measure: Measure, one: Selected, live: Summary): Verdict {
  const samples = measure.samples(live);
  if (samples < judgement.minSamples) {
    return without('insufficient', samples, `${samples} samples, ${judgement.minSamples} are needed`);
  }
  const reference = one.reference?.summary ?? null;
  const value = measure.score({ live, reference, bins: one.reference?.bins ?? null });
  if (!Number.isFinite(value)) return without('error', samples, 'the baseline holds no values of this field');
  const evidence = rule.clear.holds(value) ? [] : evidenceOf(live, reference);
  return { health: 'ok', value, samples, message: null, evidence };
}

function without(health: FindingHealth, samples: number, message: string): Verdict {
  return { health, value: null, samples, message, evidence: [] };
}

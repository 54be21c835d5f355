import { formatDuration } from '../duration.ts';
import { short } from './evidence.ts';
import { fetchSpans } from './fetch-spans.ts';
import type { Finding } from './finding.ts';
import type { Rule, SilenceJudgement, TrafficBaseline } from './rule.ts';
import type { JudgingSource, Traffic, VersionInfo } from './source.ts';
import { type Verdict, without } from './verdict.ts';

/** What a baseline of traffic expects in the window, and in words how it came to that; null where the model is too young. */
type Expected = { readonly rows: number; readonly words: string } | null;

/**
 * Judges how much traffic a model had, over all its versions. No rows at all are 0 and can fire: silence is the
 * finding here, not a lack of data. Only a model younger than the window, or than what it is to be compared with,
 * is not judged. A model that was never seen gives no finding. Throws where the store cannot answer.
 */
export async function judgeSilence(
  rule: Rule,
  judgement: SilenceJudgement,
  model: string,
  tick: number,
  source: JudgingSource,
): Promise<Finding[]> {
  const versions = (await source.versions(model)).filter((one) => one.firstSeen < tick);
  if (versions.length === 0) return [];
  const ids = versions.map((one) => one.id);
  const from = tick - judgement.windowMs;
  const began = Math.min(...versions.map((one) => one.firstSeen));
  const trafficIn: TrafficIn = (start, end) => source.traffic(ids, start, end);
  const verdict =
    judgement.measure === 'null_share'
      ? await nullVerdict(rule, judgement, ids, tick, source)
      : await trafficVerdict(rule, judgement, began, tick, trafficIn);
  return [
    {
      labels: { alertname: rule.alert, ...rule.labels, model },
      measure: judgement.measure,
      ...verdict,
      baselineId: null,
      baseline: judgement.baseline?.kind ?? null,
      version: lastServing(versions, tick),
      seriesId: null,
      spanFrom: from,
      spanTo: tick,
    },
  ];
}

async function trafficVerdict(
  rule: Rule,
  judgement: SilenceJudgement,
  began: number,
  tick: number,
  trafficIn: TrafficIn,
): Promise<Verdict> {
  const from = tick - judgement.windowMs;
  const traffic = await trafficIn(from, tick);
  const expected =
    judgement.baseline === null ? null : await expectedRows(judgement.baseline, from, tick, began, trafficIn);
  const isRetired =
    judgement.measure === 'reports' &&
    traffic.windows === 0 &&
    (await trafficIn(from - RETIRED_MS, from)).windows === 0;
  const verdict = isRetired
    ? without(
        'insufficient',
        0,
        `no agent has reported for ${formatDuration(RETIRED_MS)}: the model is taken to be retired`,
      )
    : verdictOn(judgement, traffic, began <= from, expected);
  const isWrong = verdict.value !== null && !rule.clear.holds(verdict.value);
  return { ...verdict, samples: traffic.rows, evidence: isWrong ? evidenceOf(judgement, traffic, expected) : [] };
}

/** A model of which nothing was heard for so long is served no more, and its agents are not missed. */
const RETIRED_MS = 7 * 86_400_000;

type TrafficIn = (from: number, to: number) => Promise<Traffic>;

/** The stages of what a model is fed. */
const FED: readonly string[] = ['input', 'feature'];

/** Which share of all that the model was fed was not there: rows come, and nothing is in them. */
async function nullVerdict(
  rule: Rule,
  judgement: SilenceJudgement,
  versionIds: readonly number[],
  tick: number,
  source: JudgingSource,
): Promise<Verdict> {
  const infos = (await Promise.all(versionIds.map((id) => source.series(id)))).flat();
  const fed = infos.filter(({ stage, slice }) => FED.includes(stage) && slice === '').map(({ id }) => id);
  const spans = await fetchSpans(fed, tick - judgement.windowMs, tick, source);
  let [missing, total, fields] = [0, 0, 0];
  for (const span of spans.values()) {
    if ('failed' in span) return without('error', 0, span.failed);
    if (span.summary === null) continue;
    fields++;
    total += span.summary.kinds.total;
    missing += span.summary.kinds.missing + span.summary.kinds.nan;
  }
  if (total === 0) return without('nodata', 0, 'no values in the span');
  if (total < judgement.minSamples)
    return without('insufficient', total, `${total} values, ${judgement.minSamples} are needed`);
  const value = missing / total;
  const evidence = rule.clear.holds(value) ? [] : [`${missing} of ${total} values of ${fields} fields are missing`];
  return { health: 'ok', value, samples: total, message: null, evidence };
}

function verdictOn(
  judgement: SilenceJudgement,
  { rows, windows }: Traffic,
  oldEnough: boolean,
  expected: Expected,
): Pick<Finding, 'health' | 'value' | 'message'> {
  if (!oldEnough) return { health: 'insufficient', value: null, message: 'the model is younger than the window' };
  if (judgement.measure === 'rows') return { health: 'ok', value: rows, message: null };
  if (judgement.measure === 'reports') return { health: 'ok', value: windows, message: null };
  if (expected === null)
    return { health: 'insufficient', value: null, message: 'the model is younger than its baseline' };
  if (expected.rows < judgement.minSamples) {
    const message = `the baseline expects ${short(expected.rows)} rows, ${judgement.minSamples} are needed`;
    return { health: 'insufficient', value: null, message };
  }
  return { health: 'ok', value: rows / expected.rows, message: null };
}

async function expectedRows(
  baseline: TrafficBaseline,
  from: number,
  to: number,
  began: number,
  trafficIn: TrafficIn,
): Promise<Expected> {
  if (baseline.kind === 'trailing') {
    const end = from - baseline.offsetMs;
    const start = Math.max(began, end - baseline.durationMs);
    // A mean over less than one window would compare with noise.
    if (end - start < to - from) return null;
    const { rows } = await trafficIn(start, end);
    const words = `mean of the ${formatDuration(end - start)} before`;
    return { rows: (rows * (to - from)) / (end - start), words };
  }
  const counts: number[] = [];
  for (let period = 1; period <= baseline.periods; period++) {
    const back = period * baseline.offsetMs;
    if (from - back < began) break;
    counts.push((await trafficIn(from - back, to - back)).rows);
  }
  if (counts.length === 0) return null;
  // The median, so that one earlier outage or rush does not move what is expected.
  return {
    rows: median(counts),
    words: `median of ${counts.length} times ${formatDuration(baseline.offsetMs)} before`,
  };
}

function evidenceOf(judgement: SilenceJudgement, { rows, windows }: Traffic, expected: Expected): string[] {
  const window = formatDuration(judgement.windowMs);
  const served =
    expected === null
      ? `${rows} rows in ${window}`
      : `rows in ${window} ${short(expected.rows)} -> ${rows} (${expected.words})`;
  if (rows > 0) return [served];
  // The first question of whoever is woken: is there nothing to serve, or nobody who would say so?
  return [served, windows > 0 ? 'an agent reports that nothing is served' : 'no agent reports'];
}

function lastServing(versions: readonly VersionInfo[], tick: number): VersionInfo {
  const lastSign = (one: VersionInfo): number => Math.min(one.lastSeen, tick);
  return versions.reduce((best, one) =>
    (lastSign(one) - lastSign(best) || one.firstSeen - best.firstSeen) > 0 ? one : best,
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

import { percent } from './evidence.ts';
import type { Finding } from './finding.ts';
import { liveVersions } from './live-versions.ts';
import type { ErrorsJudgement, Rule } from './rule.ts';
import type { JudgingSource, Traffic, VersionInfo } from './source.ts';
import { type Verdict, without } from './verdict.ts';
import { widerSpans } from './wider-spans.ts';

/** Judges which share of the rows of a model ended in an error, by version or over all that were chosen. Throws where the store cannot answer. */
export async function judgeErrors(
  rule: Rule,
  judgement: ErrorsJudgement,
  model: string,
  tick: number,
  source: JudgingSource,
): Promise<Finding[]> {
  const versions = liveVersions(await source.versions(model), judgement.version, tick, judgement.windowMs);
  const judgedAsOne = judgement.isMerged ? [versions] : versions.map((one) => [one]);
  const findings: Finding[] = [];
  for (const group of judgedAsOne) {
    if (group.length > 0) findings.push(await judgeVersions(rule, judgement, group, tick, source));
  }
  return findings;
}

async function judgeVersions(
  rule: Rule,
  judgement: ErrorsJudgement,
  versions: readonly VersionInfo[],
  tick: number,
  source: JudgingSource,
): Promise<Finding> {
  const ids = versions.map(({ id }) => id);
  const version = versions[0]!;
  let spanFrom = tick - judgement.windowMs;
  let traffic = await source.traffic(ids, spanFrom, tick);
  for (const from of widerSpans(judgement, tick, -Infinity)) {
    if (traffic.rows >= judgement.minSamples) break;
    spanFrom = from;
    traffic = await source.traffic(ids, from, tick);
  }
  const about = { model: version.model, ...(judgement.isMerged ? {} : { version: version.version }) };
  return {
    labels: { alertname: rule.alert, ...rule.labels, ...about },
    measure: judgement.measure,
    ...verdictOn(rule, judgement, traffic),
    baselineId: null,
    baseline: null,
    version,
    seriesId: null,
    spanFrom,
    spanTo: tick,
  };
}

function verdictOn(rule: Rule, { minSamples }: ErrorsJudgement, { rows, errors }: Traffic): Verdict {
  if (rows === 0) return without('nodata', 0, 'no rows in the span');
  if (rows < minSamples) return without('insufficient', rows, `${rows} rows, ${minSamples} are needed`);
  const value = errors / rows;
  const evidence = rule.clear.holds(value) ? [] : [`${errors} of ${rows} rows failed (${percent(value)})`];
  return { health: 'ok', value, samples: rows, message: null, evidence };
}

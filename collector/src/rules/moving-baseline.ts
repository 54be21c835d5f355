import { Summary } from '@tidemark/sketch';
import { type Baseline, type BaselineSeries, seriesKey } from '../baseline/baseline.ts';
import { type Span, spanText } from '../baseline/spans.ts';
import { makeBins } from '../drift/bins.ts';
import { type Fetched, fetchSpans, together } from './fetch-spans.ts';
import type { MovingBaseline, SeriesJudgement } from './rule.ts';
import type { JudgingSource, SeriesInfo, VersionInfo } from './source.ts';

/** A baseline that was made for one tick, and why some fields of it cannot be read, by field. */
export type Moved = { readonly baseline: Baseline; readonly faults: ReadonlyMap<string, string> };

/** Whose values a baseline holds, of which spans, in words; no version where there is none to compare with. */
type Origin = { readonly version: VersionInfo | null; readonly spans: readonly Span[]; readonly words: string };

/**
 * The baseline of a version at a tick, of the store alone: by the ticks and by where versions begin, which are the same whenever they are
 * asked, so that live judging, catching up and replay agree. Its bins are those of its own values, and live values move them no more
 * than those of a baseline that is stored. A field without values is in it as an empty series. Slices have no part in it.
 */
export async function movingBaseline(
  judgement: SeriesJudgement,
  moving: MovingBaseline,
  judged: VersionInfo,
  tick: number,
  source: JudgingSource,
): Promise<Moved> {
  const { version, spans, words } = originOf(judgement, moving, judged, tick, await source.versions(judged.model));
  // Without a version to compare with, the fields are those that are judged: each then says what lacks.
  const infos = (await source.series((version ?? judged).id)).filter(
    ({ stage, slice }) => stage === judgement.stage && slice === '',
  );
  const fetched = await fetchAll(infos, spans, source);
  const series = new Map<string, BaselineSeries>();
  const faults = new Map<string, string>();
  for (const { id, stage, field, kind } of infos) {
    const found = fetchedOf(id, fetched);
    if ('failed' in found) faults.set(field, `of the baseline (${words}), ${found.failed}`);
    const summary = ('failed' in found ? null : found.summary) ?? new Summary(kind);
    series.set(seriesKey(stage, field), { stage, field, kind, summary, bins: makeBins(summary) });
  }
  const { model, version: name } = version ?? judged;
  return { baseline: { id: 0, name: words, model, version: name, series }, faults };
}

function originOf(
  { windowMs, widenToMs }: SeriesJudgement,
  moving: MovingBaseline,
  judged: VersionInfo,
  tick: number,
  versions: readonly VersionInfo[],
): Origin {
  switch (moving.kind) {
    case 'trailing': {
      const to = tick - Math.max(windowMs, widenToMs) - moving.offsetMs;
      const span = { from: to - moving.durationMs, to };
      return { version: judged, spans: [span], words: spanText(span) };
    }
    case 'same_time': {
      const periods = Array.from({ length: moving.periods }, (_, index) => (index + 1) * moving.offsetMs);
      const spans = periods.map((back) => ({ from: tick - windowMs - back, to: tick - back }));
      return { version: judged, spans, words: spans.map(spanText).join(', ') };
    }
    case 'version': {
      const version = otherVersion(moving.version, judged, versions);
      const span = { from: judged.firstSeen - moving.durationMs, to: judged.firstSeen };
      const words =
        version === null ? noneOf(moving.version, judged) : `version ${version.version} in ${spanText(span)}`;
      return { version, spans: version === null ? [] : [span], words };
    }
  }
}

/** By where versions begin alone: until when one served is known only later. */
function otherVersion(wanted: string, judged: VersionInfo, versions: readonly VersionInfo[]): VersionInfo | null {
  const before = versions.filter(({ firstSeen }) => firstSeen < judged.firstSeen);
  if (wanted !== 'previous') return before.find(({ version }) => version === wanted) ?? null;
  return before.sort((a, b) => b.firstSeen - a.firstSeen || b.id - a.id)[0] ?? null;
}

function noneOf(wanted: string, { version }: VersionInfo): string {
  return wanted === 'previous'
    ? `no version was seen before ${version}`
    : `no version ${wanted} was seen before ${version}`;
}

async function fetchAll(
  infos: readonly SeriesInfo[],
  spans: readonly Span[],
  source: JudgingSource,
): Promise<Map<number, Fetched>[]> {
  const ids = infos.map(({ id }) => id);
  const fetched: Map<number, Fetched>[] = [];
  // Oldest first, one after the other: a source that reads ahead goes forward.
  for (const { from, to } of spans.toReversed()) fetched.push(await fetchSpans(ids, from, to, source));
  return fetched;
}

/** Earlier periods count by how many values they hold. */
function fetchedOf(id: number, fetched: readonly ReadonlyMap<number, Fetched>[]): Fetched {
  const parts = new Map(fetched.map((spans, index): [number, Fetched] => [index, spans.get(id) ?? { summary: null }]));
  return together([...parts.keys()], parts);
}

import { type PartRefusal, type ValidBatch, type ValidWindow, versionKey } from './batch.ts';
import type { IngestStore, SeriesKey } from './ingest-store.ts';
import type { ResolvedVersions } from './resolve-versions.ts';
import type { Placement, SeriesDesk } from './series-desk.ts';

/** A window whose model version is known, and those of its summaries that have a series to go to. */
export type PlacedWindow = ValidWindow & {
  readonly projectId: number;
  readonly versionId: number;
  readonly deltas: readonly PlacedDelta[];
  refuse(refusal: PartRefusal): void;
};

/** A delta, the series it goes to, and the key of the part that it is added to. */
export type PlacedDelta = {
  readonly window: PlacedWindow;
  readonly entry: ValidWindow['summaries'][number];
  readonly seriesId: number;
  readonly key: string;
};

type Place = PlacedWindow & { readonly deltas: PlacedDelta[] };

/** A delta, and the series it is for. */
type Delta = SeriesKey & { readonly window: Place; readonly entry: ValidWindow['summaries'][number] };

/**
 * Gives the windows of these batches, and every summary in them, their place in the store; what has none is refused. Series that
 * are new are created, in a transaction of their own.
 */
export async function placeWindows(
  store: IngestStore,
  batches: readonly ValidBatch[],
  versions: ResolvedVersions,
  desk: SeriesDesk,
  refuse: (batch: ValidBatch, refusal: PartRefusal) => void,
): Promise<Map<ValidBatch, readonly PlacedWindow[]>> {
  const placed = new Map(batches.map((batch) => [batch, windowsOf(batch, versions, refuse)]));
  const deltas = [...placed.values()].flatMap((windows) => windows.flatMap(deltasOf));
  if (deltas.length === 0) return placed;
  const places = await desk.place(store, deltas);
  deltas.forEach((delta, i) => {
    const { window, entry, kind } = delta;
    const series = places[i] as Placement;
    if (series !== 'over-budget' && series.kind === kind)
      window.deltas.push({ window, entry, seriesId: series.id, key: series.keyIn(window) });
    else window.refuse(refusalOf(delta, series));
  });
  return placed;
}

function windowsOf(
  batch: ValidBatch,
  versions: ResolvedVersions,
  refuse: (batch: ValidBatch, refusal: PartRefusal) => void,
): Place[] {
  const { projectId } = batch;
  const windows: Place[] = [];
  for (const window of batch.windows) {
    const owned = { projectId, model: window.model, version: window.version };
    const versionId = versions.ids.get(versionKey(owned));
    if (versionId === undefined) refuse(batch, versions.refusalOf(window.part, owned, window.rows));
    else windows.push({ ...window, projectId, versionId, deltas: [], refuse: (refusal) => refuse(batch, refusal) });
  }
  return windows;
}

function deltasOf(window: Place): Delta[] {
  return window.summaries.map((entry) => {
    const { stage, field, slice, summary } = entry;
    return { versionId: window.versionId, stage, field, slice, kind: summary.kind, window, entry };
  });
}

function refusalOf({ entry, stage, field, kind }: Delta, series: Placement): PartRefusal {
  const { part } = entry;
  const rows = entry.summary.kinds.total;
  if (series === 'over-budget') {
    const message = `the model version has as many series as max_series allows, so ${stage}/${field} is not taken`;
    return { part, code: 'over_budget', message, rows };
  }
  const message = `${stage}/${field} is kept as ${series.kind}, got ${kind}; give the field another name or the model another version`;
  return { part, code: 'kind_changed', message, rows };
}

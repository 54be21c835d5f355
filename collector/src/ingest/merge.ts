import { SketchError, type Summary } from '@tidemark/sketch';
import type { PartRefusal, ValidWindow } from './batch.ts';
import type {
  IngestTransaction,
  PartAddress,
  SeriesKey,
  StoredSeries,
  SummaryPart,
  TrafficPart,
} from './ingest-store.ts';
import type { OpenParts } from './open-parts.ts';
import type { SeriesDesk } from './series-desk.ts';

/** A window whose model version is known. */
export type PlacedWindow = ValidWindow & { readonly versionId: number; refuse(refusal: PartRefusal): void };

/** Parts held from earlier commits; and those that this group's deltas are added to, which memory does not hold meanwhile. */
export type Stage<Part extends { readonly start: number }> = {
  readonly memory: OpenParts<Part>;
  readonly staged: Map<string, Part>;
};

/** Deltas added between two looks at what else is to be done. */
const MERGED_AT_ONCE = 64;

type Placed = {
  readonly series: StoredSeries;
  readonly window: PlacedWindow;
  readonly entry: ValidWindow['summaries'][number];
  readonly address: PartAddress;
  /** Of the address. */
  readonly key: string;
};

/**
 * Adds the windows to this collector's parts in `staged`; memory holds nothing that is not committed. The windows stay as
 * they are: where a commit gives way they are merged again. Each staged part has its next `rev`: one more than was read,
 * however many deltas were added, so that the store can tell whether it still holds that.
 */
export async function mergeWindows(
  tx: IngestTransaction,
  windows: readonly PlacedWindow[],
  series: { readonly desk: SeriesDesk; readonly learnt: Map<string, StoredSeries> },
  summaries: Stage<SummaryPart>,
  traffic: Stage<TrafficPart>,
): Promise<void> {
  const placed = await placeSummaries(tx, windows, series);
  await recall(
    summaries,
    placed,
    (missing) => tx.loadSummaries(missing),
    (part) => part.seriesId,
  );
  await recall(
    traffic,
    windows.map((window) => keyed(addressOf(window.versionId, window))),
    (missing) => tx.loadTraffic(missing),
    (part) => part.versionId,
  );
  // All that is held, before anybody else has a turn and may push it out of memory.
  for (const { key } of placed) take(summaries, key);
  for (const window of windows) addTraffic(traffic, window);
  const borrowed = new Set<string>();
  for (const [i, one] of placed.entries()) {
    if (i % MERGED_AT_ONCE === MERGED_AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    addSummary(summaries.staged, borrowed, one);
  }
  for (const part of summaries.staged.values()) part.rev += 1;
  for (const part of traffic.staged.values()) part.rev += 1;
}

async function placeSummaries(
  tx: IngestTransaction,
  windows: readonly PlacedWindow[],
  { desk, learnt }: { readonly desk: SeriesDesk; readonly learnt: Map<string, StoredSeries> },
): Promise<Placed[]> {
  const all = windows.flatMap((window) => window.summaries.map((entry) => ({ window, entry })));
  if (all.length === 0) return [];
  const keys = all.map(({ window, entry }): SeriesKey => {
    const { stage, field, slice, summary } = entry;
    return { versionId: window.versionId, stage, field, slice, kind: summary.kind };
  });
  const stored = await desk.place(tx, keys, learnt);
  return all.flatMap(({ window, entry }, i) => {
    const series = stored[i];
    if (series === undefined) throw new Error(`no series came back for ${entry.part}`);
    if (series === 'over-budget') {
      window.refuse({
        part: entry.part,
        code: 'over_budget',
        message: `the model version has as many series as max_series allows, so ${entry.stage}/${entry.field} is not taken`,
        rows: entry.summary.kinds.total,
      });
      return [];
    }
    if (series.kind === entry.summary.kind) {
      return [{ series, window, entry, ...keyed(addressOf(series.id, window)) }];
    }
    window.refuse({
      part: entry.part,
      code: 'kind_changed',
      message: `${entry.stage}/${entry.field} is kept as ${series.kind}, got ${entry.summary.kind}; give the field another name or the model another version`,
      rows: entry.summary.kinds.total,
    });
    return [];
  });
}

/** Reads back parts that memory does not hold but the store may. */
async function recall<Part extends { widthMs: number; start: number }>(
  { memory, staged }: Stage<Part>,
  addresses: readonly { readonly address: PartAddress; readonly key: string }[],
  load: (missing: readonly PartAddress[]) => Promise<Part[]>,
  idOf: (part: Part) => number,
): Promise<void> {
  const missing = new Map<string, PartAddress>();
  for (const { key, address } of addresses) if (memory.mayBeStored(key, address.start)) missing.set(key, address);
  if (missing.size === 0) return;
  for (const part of await load([...missing.values()])) staged.set(keyOf(addressOf(idOf(part), part)), part);
}

function take<Part extends { readonly start: number }>({ memory, staged }: Stage<Part>, key: string): void {
  const held = memory.take(key);
  if (held !== undefined) staged.set(key, held);
}

/** `borrowed` are the parts that consist of one delta as its batch has it. */
function addSummary(
  staged: Stage<SummaryPart>['staged'],
  borrowed: Set<string>,
  { series, window, key, entry: { part, summary: delta } }: Placed,
): void {
  let held = staged.get(key);
  const fits = Number.isSafeInteger((held?.summary.kinds.total ?? 0) + delta.kinds.total);
  if (!fits) window.refuse(tooMany(part, 0));
  if (held === undefined) {
    if (!fits) return;
    const { versionId, widthMs, start } = window;
    staged.set(key, { versionId, seriesId: series.id, widthMs, start, rev: 0, summary: delta });
    borrowed.add(key);
    return;
  }
  if (borrowed.delete(key)) held = { ...held, summary: held.summary.clone() };
  staged.set(key, held);
  if (fits) mergeOrRefuse(held, window, part, delta);
}

/** A series keeps what its vectors are: those of another size have nothing in common with what is there. */
function mergeOrRefuse(staged: SummaryPart, window: PlacedWindow, part: string, delta: Summary): void {
  try {
    staged.summary.merge(delta);
  } catch (error) {
    if (!(error instanceof SketchError)) throw error;
    window.refuse({ part, code: 'kind_changed', message: error.message, rows: delta.kinds.total });
  }
}

function addTraffic(stage: Stage<TrafficPart>, window: PlacedWindow): void {
  const { part, versionId, widthMs, start, rows, errors } = window;
  const key = keyOf(addressOf(versionId, window));
  const held = stage.staged.get(key) ??
    stage.memory.get(key) ?? { versionId, widthMs, start, rev: 0, rows: 0, errors: 0 };
  const fits = Number.isSafeInteger(held.rows + rows);
  if (!fits) window.refuse(tooMany(part, rows));
  const sum = fits ? { rows: held.rows + rows, errors: held.errors + errors } : {};
  stage.staged.set(key, { ...held, ...sum });
}

/** Beyond 2^53 counts are not exact, and soon after the store cannot hold them: then nothing of the window could be. */
function tooMany(part: string, rows: number): PartRefusal {
  return { part, code: 'too_large', message: 'the counts of this window would exceed 2^53', rows };
}

function addressOf(id: number, { widthMs, start }: { widthMs: number; start: number }): PartAddress {
  return { id, widthMs, start };
}

function keyed(address: PartAddress): { address: PartAddress; key: string } {
  return { address, key: keyOf(address) };
}

function keyOf({ id, widthMs, start }: PartAddress): string {
  return `${id}/${widthMs}/${start}`;
}

import { SketchError, type Summary } from '@tidemark/sketch';
import type { PartRefusal } from './batch.ts';
import type { IngestTransaction, PartAddress, SummaryPart, TrafficPart } from './ingest-store.ts';
import type { OpenPart, OpenParts } from './open-parts.ts';
import type { PlacedDelta, PlacedWindow } from './place-windows.ts';
import { partKey } from './placed-series.ts';

/** Parts held from earlier commits; and those that this group's deltas are added to, which memory does not hold meanwhile. */
export type Stage<Part extends OpenPart> = {
  readonly memory: OpenParts<Part>;
  readonly staged: Map<string, Part>;
};

/** Deltas added between two looks at what else is to be done. */
const MERGED_AT_ONCE = 64;

/**
 * Adds the windows to this collector's parts in `staged`; memory holds nothing that is not committed. The windows stay as
 * they are: where a commit gives way they are merged again. Each staged part has its next `rev`: one more than was read,
 * however many deltas were added, so that the store can tell whether it still holds that.
 */
export async function mergeWindows(
  tx: IngestTransaction,
  windows: readonly PlacedWindow[],
  summaries: Stage<SummaryPart>,
  traffic: Stage<TrafficPart>,
): Promise<void> {
  const placed = windows.flatMap(({ deltas }) => deltas);
  // All that is held, before anybody else has a turn and may push it out of memory.
  for (const { key } of placed) take(summaries, key);
  for (const window of windows) {
    const key = partKey(window.versionId, window);
    const held = traffic.memory.get(key);
    if (held !== undefined) traffic.staged.set(key, { ...held });
  }
  await recall(
    summaries,
    placed.map(({ seriesId, window, key }) => ({ id: seriesId, window, key })),
    (missing) => tx.loadSummaries(missing),
    (part) => part.seriesId,
  );
  await recall(
    traffic,
    windows.map((window) => ({ id: window.versionId, window, key: partKey(window.versionId, window) })),
    (missing) => tx.loadTraffic(missing),
    (part) => part.versionId,
  );
  for (const window of windows) addTraffic(traffic.staged, window);
  const borrowed = new Set<string>();
  for (let from = 0; from < placed.length; from += MERGED_AT_ONCE) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const one of placed.slice(from, from + MERGED_AT_ONCE)) addSummary(summaries.staged, borrowed, one);
  }
  for (const part of summaries.staged.values()) part.rev += 1;
  for (const part of traffic.staged.values()) part.rev += 1;
}

/** Reads back parts that memory does not hold but the store may. */
async function recall<Part extends OpenPart>(
  { memory, staged }: Stage<Part>,
  parts: readonly { readonly id: number; readonly window: PlacedWindow; readonly key: string }[],
  load: (missing: readonly PartAddress[]) => Promise<Part[]>,
  idOf: (part: Part) => number,
): Promise<void> {
  const missing = new Map<string, PartAddress>();
  for (const { id, window, key } of parts) {
    const { widthMs, start } = window;
    if (!staged.has(key) && memory.mayBeStored(key, window)) missing.set(key, { id, widthMs, start });
  }
  if (missing.size === 0) return;
  for (const part of await load([...missing.values()])) staged.set(partKey(idOf(part), part), part);
}

function take<Part extends OpenPart>({ memory, staged }: Stage<Part>, key: string): void {
  const held = memory.take(key);
  if (held !== undefined) staged.set(key, held);
}

/** `borrowed` are the parts that consist of one delta as its batch has it. */
function addSummary(
  staged: Stage<SummaryPart>['staged'],
  borrowed: Set<string>,
  { seriesId, key, window, entry }: PlacedDelta,
): void {
  const { part, summary: delta } = entry;
  let held = staged.get(key);
  const fits = Number.isSafeInteger((held?.summary.kinds.total ?? 0) + delta.kinds.total);
  if (!fits) window.refuse(tooMany(part, 0));
  if (held === undefined) {
    if (!fits) return;
    const { versionId, widthMs, start } = window;
    staged.set(key, { versionId, seriesId, widthMs, start, rev: 0, summary: delta });
    borrowed.add(key);
    return;
  }
  if (borrowed.size > 0 && borrowed.delete(key)) {
    held = { ...held, summary: held.summary.clone() };
    staged.set(key, held);
  }
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

function addTraffic(staged: Stage<TrafficPart>['staged'], window: PlacedWindow): void {
  const { part, versionId, widthMs, start, rows, errors } = window;
  const key = partKey(versionId, window);
  const held = staged.get(key) ?? { versionId, widthMs, start, rev: 0, rows: 0, errors: 0 };
  const fits = Number.isSafeInteger(held.rows + rows);
  if (!fits) window.refuse(tooMany(part, rows));
  const sum = fits ? { rows: held.rows + rows, errors: held.errors + errors } : {};
  staged.set(key, { ...held, ...sum });
}

/** Beyond 2^53 counts are not exact, and soon after the store cannot hold them: then nothing of the window could be. */
function tooMany(part: string, rows: number): PartRefusal {
  return { part, code: 'too_large', message: 'the counts of this window would exceed 2^53', rows };
}

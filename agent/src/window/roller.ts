import { type WindowOwner, WindowRecord } from './window-record.ts';

/** Bounds of what may be open at once; beyond them the window that starts first is sealed early. */
export type RollerLimits = { readonly maxWindows: number; readonly maxSeries: number };

/** Windows of all model versions that replays and late values may hold open. */
export const MAX_OPEN_WINDOWS = 64;

/**
 * Open windows in event time, floor-aligned to the width. A value goes to the window of its own time however late
 * it is; several windows of a version may be open. What is drained leaves as a delta and memory starts again at zero.
 */
export class Roller<O extends WindowOwner = WindowOwner> {
  readonly #widthMs: number;
  readonly #limits: RollerLimits;
  readonly #sealed: (record: WindowRecord<O>) => void;
  readonly #open = new Map<O, Map<number, WindowRecord<O>>>();
  #count = 0;
  #last: WindowRecord<O> | undefined;

  /** @param sealed takes a window that had to leave before the next drain. */
  constructor(widthMs: number, limits: RollerLimits, sealed: (record: WindowRecord<O>) => void) {
    this.#widthMs = widthMs;
    this.#limits = limits;
    this.#sealed = sealed;
  }

  /**
   * The window of `owner` that `atMs` falls into; valid until control returns to the event loop.
   * @param atMs milliseconds since the epoch, not negative.
   */
  at(owner: O, atMs: number): WindowRecord<O> {
    const last = this.#last;
    if (last !== undefined && last.owner === owner && atMs >= last.startMs && atMs < last.endMs) return last;
    const startMs = Math.floor(atMs / this.#widthMs) * this.#widthMs;
    const windows = this.#open.get(owner) ?? new Map<number, WindowRecord<O>>();
    this.#open.set(owner, windows);
    let record = windows.get(startMs);
    if (record === undefined) {
      record = new WindowRecord(owner, startMs, this.#widthMs);
      windows.set(startMs, record);
      this.#count++;
      this.#makeRoom(record);
    } else if (owner.series.length !== record.seriesSeen) {
      this.#makeRoom(record);
    }
    record.seriesSeen = owner.series.length;
    this.#last = record;
    return record;
  }

  /** Inferences in open windows. */
  get rows(): number {
    let rows = 0;
    for (const windows of this.#open.values()) for (const { rows: more } of windows.values()) rows += more;
    return rows;
  }

  /** Takes every open window, in ascending order of start. */
  drain(): WindowRecord<O>[] {
    const taken = [...this.#open.values()].flatMap((windows) => [...windows.values()]).sort(byStart);
    this.#open.clear();
    this.#count = 0;
    this.#last = undefined;
    return taken.filter((record) => !record.isEmpty);
  }

  #makeRoom(newest: WindowRecord<O>): void {
    const all = [...this.#open.values()].flatMap((windows) => [...windows.values()]).sort(byStart);
    let series = all.reduce((sum, { owner }) => sum + owner.series.length, 0);
    for (const record of all) {
      if (this.#count <= this.#limits.maxWindows && series <= this.#limits.maxSeries) return;
      if (record === newest) continue;
      this.#close(record);
      series -= record.owner.series.length;
      if (!record.isEmpty) this.#sealed(record);
    }
  }

  #close(record: WindowRecord<O>): void {
    const windows = this.#open.get(record.owner);
    windows?.delete(record.startMs);
    if (windows?.size === 0) this.#open.delete(record.owner);
    this.#count--;
    if (this.#last === record) this.#last = undefined;
  }
}

function byStart(a: WindowRecord, b: WindowRecord): number {
  return a.startMs - b.startMs;
}

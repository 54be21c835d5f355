import { type WindowOwner, WindowRecord } from './window-record.ts';

/** Bounds of what may be open at once; beyond them a window is sealed early. */
export type RollerLimits = {
  /** Windows of one owner. */
  readonly maxWindows: number;
  /** Of all windows together, by what they say they hold, but for the one in use. */
  readonly maxBytes: number;
};

/** Windows of one model version that replays and late values may hold open. */
export const MAX_OPEN_WINDOWS = 64;

/** What is known of an open window. */
type Open<O extends WindowOwner> = {
  readonly record: WindowRecord<O>;
  /** How often it was asked for, and how often when it was last measured, ... */
  uses: number;
  measuredAt: number;
  /** ... with what result. */
  bytes: number;
};

/**
 * Open windows in event time, floor-aligned to the width. A value goes to the window of its own time however late
 * it is; several windows of a version may be open. What is drained leaves as a delta and memory starts again at zero.
 *
 * A window is measured when another is asked for, each time it has been used twice as often as before: so it has about
 * doubled at most, and measuring costs next to nothing a call.
 */
export class Roller<O extends WindowOwner = WindowOwner> {
  readonly #widthMs: number;
  readonly #limits: RollerLimits;
  readonly #sealed: (record: WindowRecord<O>) => void;
  /** By owner and start, in the order in which they were opened. */
  readonly #open = new Map<O, Map<number, Open<O>>>();
  #bytes = 0;
  #last: Open<O> | undefined;

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
    if (last !== undefined) {
      const { record } = last;
      if (record.owner === owner && atMs >= record.startMs && atMs < record.endMs) {
        last.uses++;
        return record;
      }
    }
    if (last !== undefined && last.uses >= 2 * last.measuredAt) this.#measure(last);
    const startMs = Math.floor(atMs / this.#widthMs) * this.#widthMs;
    const open = this.#open.get(owner)?.get(startMs) ?? this.#opened(owner, startMs);
    open.uses++;
    this.#last = open;
    while (this.#bytes - open.bytes > this.#limits.maxBytes && this.#seal(earliest(this.#all(), open)));
    return open.record;
  }

  /** Inferences in open windows. */
  get rows(): number {
    let rows = 0;
    for (const { record } of this.#all()) rows += record.rows;
    return rows;
  }

  /** Takes every open window, in ascending order of start. */
  drain(): WindowRecord<O>[] {
    const taken = [...this.#all()].map(({ record }) => record).sort((a, b) => a.startMs - b.startMs);
    this.#open.clear();
    this.#bytes = 0;
    this.#last = undefined;
    return taken.filter((record) => !record.isEmpty);
  }

  #opened(owner: O, startMs: number): Open<O> {
    const windows = this.#open.get(owner) ?? new Map<number, Open<O>>();
    this.#open.set(owner, windows);
    const open: Open<O> = { record: new WindowRecord(owner, startMs, this.#widthMs), uses: 0, measuredAt: 0, bytes: 0 };
    windows.set(startMs, open);
    if (windows.size > this.#limits.maxWindows) this.#seal(earliest(windows.values(), open));
    return open;
  }

  #measure(open: Open<O>): void {
    const { bytes } = open.record;
    this.#bytes += bytes - open.bytes;
    open.bytes = bytes;
    open.measuredAt = open.uses;
  }

  /** False where there is nothing to seal. */
  #seal(open: Open<O> | undefined): boolean {
    if (open === undefined) return false;
    const { record } = open;
    const windows = this.#open.get(record.owner);
    windows?.delete(record.startMs);
    if (windows?.size === 0) this.#open.delete(record.owner);
    this.#bytes -= open.bytes;
    if (!record.isEmpty) this.#sealed(record);
    return true;
  }

  *#all(): Generator<Open<O>> {
    for (const windows of this.#open.values()) yield* windows.values();
  }
}

/**
 * Of the windows that start first, the one opened last: of more windows than there is room for, used in turn, the others
 * stay. Undefined where there is none but `inUse`.
 */
function earliest<O extends WindowOwner>(all: Iterable<Open<O>>, inUse: Open<O>): Open<O> | undefined {
  let found: Open<O> | undefined;
  for (const open of all) {
    if (open !== inUse && (found === undefined || open.record.startMs <= found.record.startMs)) found = open;
  }
  return found;
}

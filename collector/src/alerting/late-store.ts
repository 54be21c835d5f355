import type { HistoryEvent } from './history.ts';
import type { StoredAlert, TickRecord } from './judge-store.ts';

/** Windows came for ticks that are judged: from `since` on (ms, event time) they are to be judged again. */
export type Late = { readonly since: number };

/** The alerts of a group as they were after a tick. */
export type Checkpoint = { readonly tick: number; readonly alerts: readonly StoredAlert[] };

/** A message that an amendment leads to: the alert that somebody is told of, as its message says. */
export type AmendedTelling = { readonly alert: StoredAlert; readonly receivers: readonly string[] };

/** What ticks in (from, until] of a group come to now. Replaces what is stored of them, whole or not at all. */
export type Amendment = {
  readonly group: string;
  readonly from: number;
  readonly until: number;
  readonly records: readonly TickRecord[];
  readonly events: readonly (HistoryEvent & { readonly versionId: number })[];
  /** All alerts of the group after the last of these ticks. */
  readonly alerts: readonly StoredAlert[];
  readonly checkpoints: readonly Checkpoint[];
  readonly tell: readonly AmendedTelling[];
};

/** What judging late data again needs of the store. */
export type LateStore = {
  /** Said before a tick is read: what is stored from now on and belongs to it is late. */
  announce(tick: number): Promise<void>;
  /** null where nothing is late, or has been for too short a time. */
  late(): Promise<Late | null>;
  /** The newest state at or before a moment, else the oldest after it; null for none. */
  checkpoint(group: string, at: number): Promise<Checkpoint | null>;
  /** Ticks (ms) of the states kept after `from`. */
  checkpointsAfter(group: string, from: number): Promise<number[]>;
  /** False, and nothing is changed, if the group has been judged further than `until` by now. */
  amend(amendment: Amendment): Promise<boolean>;
  /** All groups are judged again; what has come since `late` was asked stays late. */
  settle(late: Late): Promise<void>;
};

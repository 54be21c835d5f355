import type { Finding } from '../rules/finding.ts';
import type { AlertMessage } from './alert.ts';
import type { AlertState, Transition } from './state.ts';

/** An alert as it was left at its last tick. */
export type StoredAlert = {
  readonly fingerprint: string;
  readonly versionId: number;
  readonly seriesId: number | null;
  readonly group: string;
  readonly alertname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: AlertState;
  readonly lastValue: number | null;
  /** What people were told last; null if they never were. */
  readonly message: AlertMessage | null;
};

/** An alert after a tick. `tell` names the receivers of `alert.message`; empty where nobody is told anything. */
export type AlertChange = {
  readonly alert: StoredAlert;
  readonly transition: Transition | null;
  readonly tell: readonly string[];
};

/** All that one tick of a group comes to; stored together or not at all. */
export type TickRecord = {
  readonly group: string;
  readonly tick: number;
  readonly scores: readonly (Finding & { readonly fingerprint: string })[];
  readonly changes: readonly AlertChange[];
};

/** What the engine needs of the store. */
export type JudgeStore = {
  lastTick(group: string): Promise<number | null>;
  /** Alerts of a group that are not forgotten. */
  alerts(group: string): Promise<StoredAlert[]>;
  /** Alerts of groups other than these. */
  orphans(groups: readonly string[]): Promise<StoredAlert[]>;
  /**
   * Gives the alerts of rules that stand in another group now to that group, so that they go on there as they were. A store
   * that never outlives its rules needs none.
   */
  adopt?(rules: readonly { readonly alert: string; readonly group: string }[]): Promise<void>;
  /** Receivers that were told that an episode fired. */
  toldOf(fingerprint: string, episode: number): Promise<string[]>;
  /** Stores a tick. False, and nothing is stored, if that tick of the group is stored already. */
  record(record: TickRecord): Promise<boolean>;
};

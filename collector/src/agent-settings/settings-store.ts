import type { PlainModelSettings } from '@tidemark/proto';

/** What agents go by for one model version, and since which change. `changedAt` in ms. */
export type StoredSettings = {
  /** Rises with every change of any model version. */
  readonly revision: number;
  readonly changedAt: number;
  readonly changedBy: string;
  readonly settings: PlainModelSettings;
};

/** Of a version that was never told anything: agents go by their own options. */
export const NO_SETTINGS: StoredSettings = Object.freeze({
  revision: 0,
  changedAt: 0,
  changedBy: '',
  settings: Object.freeze({ bounds: [] }),
});

/** The same with the name of its model version. */
export type NamedSettings = StoredSettings & {
  readonly projectId: number;
  readonly model: string;
  readonly version: string;
};

/** A change of what agents are to go by; made only where `expected` is still the revision of that version (0 = none yet). */
export type SettingsChange = {
  readonly projectId: number;
  readonly versionId: number;
  readonly expected: number;
  readonly settings: PlainModelSettings;
  readonly changedBy: string;
};

/** What came of a change; in a conflict `revision` is the one that is there. */
export type SettingsChanged =
  | { readonly kind: 'stored'; readonly stored: StoredSettings }
  | { readonly kind: 'conflict'; readonly revision: number }
  | { readonly kind: 'unknown' };

/** What is needed of the store. */
export type SettingsStore = {
  /** Current settings of every version whose revision is above this one. Who has seen a revision has seen all before it. */
  newerThan(revision: number): Promise<NamedSettings[]>;
  /** Current settings of a version; `NO_SETTINGS` where it has none; null = the project has no such version. */
  current(projectId: number, versionId: number): Promise<StoredSettings | null>;
  change(change: SettingsChange): Promise<SettingsChanged>;
};

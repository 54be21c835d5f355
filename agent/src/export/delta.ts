import type { encodeSummary, SeriesName } from '@tidemark/proto';

/** A summary as the codec takes it; this room never looks inside. */
export type EncodableSummary = Parameters<typeof encodeSummary>[1];

/** What a description of a model version may say; optional parts are left out, never undefined. */
export type Description = {
  readonly dataset?: { readonly uri: string; readonly from?: string; readonly to?: string };
  readonly gitCommit?: string;
  readonly artifactSha256?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: readonly {
    readonly stage: string;
    readonly field: string;
    readonly kind: string;
    readonly min?: number;
    readonly max?: number;
    readonly values?: readonly string[];
  }[];
  readonly pairs: readonly (readonly [string, string])[];
};

/** Whose window it is. One object per model version and agent: compared by identity. */
export type Owner = { readonly model: string; readonly version: string; readonly spec: Description };

/** What is exported: what one owner did in one window since the last time. All times in milliseconds since the epoch. */
export interface Delta<Self = never> {
  readonly owner: Owner;
  readonly startMs: number;
  readonly widthMs: number;
  readonly rows: number;
  readonly errors: number;
  /** Estimated heap. */
  readonly bytes: number;
  entries(): Iterable<SeriesName & { readonly summary: EncodableSummary }>;
  /** Adds another delta of the same owner and window. */
  merge(other: Self): void;
}

import type { PlainEvent, PlainHealth, PlainOutcome, SeriesName } from '@tidemark/proto';
import type { SeriesKind, Summary } from '@tidemark/sketch';
/** A batch that has been checked: nothing in it comes straight from the wire any more. */
export type ValidBatch = {
  /** UUID form of the agent's 16 random bytes. */
  readonly source: string;
  readonly sequence: number;
  readonly sealedAt: number;
  readonly versions: readonly VersionDescription[];
  readonly windows: readonly ValidWindow[];
  readonly losses: readonly ValidLoss[];
  readonly events: readonly ValidEvent[];
  readonly outcomes: readonly ValidOutcome[];
  readonly agent: AgentDescription;
  /** What the agent says of itself; null where it says nothing. */
  readonly health: PlainHealth | null;
  /** Revision of the settings the agent goes by; 0 = none. */
  readonly settingsRevision: number;
  /** Parts that were left out, with reasons. */
  readonly refusals: readonly PartRefusal[];
};
export type VersionName = {
  readonly model: string;
  readonly version: string;
};
export type VersionDescription = VersionName & {
  readonly dataset: {
    readonly uri: string;
    readonly from: string;
    readonly to: string;
  } | null;
  readonly gitCommit: string | null;
  readonly artifactSha256: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: readonly FieldDescription[];
};
export type FieldDescription = {
  readonly stage: string;
  readonly field: string;
  readonly kind: SeriesKind;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
};
export type ValidWindow = VersionName & {
  /** Path of the window in its batch, for refusals found later. */
  readonly part: string;
  readonly start: number;
  readonly widthMs: number;
  readonly rows: number;
  readonly errors: number;
  readonly summaries: readonly (SeriesName & {
    readonly part: string;
    readonly summary: Summary;
  })[];
};
/** `part` is the path in the batch, for refusals found later. */
export type ValidEvent = PlainEvent & {
  readonly part: string;
  /** Place in the batch; with source and sequence it names the event for good. */
  readonly ordinal: number;
};
export type ValidOutcome = PlainOutcome & {
  readonly part: string;
};
export type ValidLoss = VersionName & {
  readonly reason: string;
  readonly count: number;
};
export type AgentDescription = {
  readonly service: string;
  readonly host: string;
  readonly pid: number;
  readonly agentVersion: string;
  /** Of a worker thread; 0 = the main thread. */
  readonly threadId: number;
};
export type PartRefusal = {
  readonly part: string;
  readonly code: string;
  readonly message: string;
  readonly rows: number;
};
/** Makes one part of a batch, or refuses it by its path: then the list is empty. */
export type Attempt = <T>(part: string, rows: number, check: () => T) => T[];
/** One key for a model version; names hold no control characters, so this cannot be forged. */
export declare function versionKey({ model, version }: VersionName): string;

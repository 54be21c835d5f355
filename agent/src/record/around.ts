import type { ModelVersion } from './model-version.ts';
import type { Role } from './role.ts';

/** A verdict of a guard, for those who need not know the guard. */
export type VerdictLike = {
  readonly action: 'annotate' | 'fallback' | 'reject';
  readonly violations: readonly {
    readonly check: string;
    readonly stage: string;
    readonly field: string;
    readonly action: 'annotate' | 'fallback' | 'reject';
  }[];
};

/** What is known of an inference that may be kept whole. */
export type Facts = {
  readonly atMs: number;
  readonly latencyMs: number;
  readonly failed: boolean;
  readonly slice: string;
  readonly confidence: number | undefined;
  readonly violations: VerdictLike['violations'] | undefined;
};

/** Who keeps inferences whole. */
export type EventKeeper = {
  /** Why this inference is wanted; undefined for one that is not. To be asked once of every inference that has ended. */
  pick(
    version: ModelVersion,
    latencyMs: number,
    failed: boolean,
    confidence: number | undefined,
    violated: boolean,
  ): string | undefined;
  /** Keeps what was picked, reading the fields now. */
  keep(
    version: ModelVersion,
    reason: string,
    facts: Facts,
    fields: Readonly<Record<string, object | undefined>>,
    ids: { readonly predictionId: string; readonly traceId: string; readonly spanId: string },
  ): void;
};

/** What else hears of captured calls. Each is left out where nobody listens, so that it costs nothing. */
export type Around = {
  readonly finished?: (version: ModelVersion, role: Role, latencyMs: number, failed: boolean) => void;
  readonly violated?: (version: ModelVersion, verdict: VerdictLike, predictionId?: string) => void;
  readonly lowConfidence?: (version: ModelVersion, confidence: number) => void;
  /** Ids of the active span. */
  readonly spanIds?: () => { readonly traceId: string; readonly spanId: string } | undefined;
  readonly events?: EventKeeper;
  /** A confidence below is low; none is where it is left out. */
  readonly lowBelow?: number;
};

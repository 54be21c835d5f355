import type { ModelOptions } from '../model-options.ts';
import type { Capture } from '../record/capture.ts';
import type { ModelVersion } from '../record/model-version.ts';

/** Where the watches of one handle put what they see. */
export type WatchPlace = {
  readonly capture: Capture;
  /** The model version of the handle. */
  readonly own: ModelVersion;
  /** The version that options mean. @throws {AgentError} TIDEMARK_OPTION_INVALID, TIDEMARK_MODEL_LIMIT. */
  readonly find: (options: ModelOptions) => ModelVersion;
  /** False leaves everything as it is. */
  readonly enabled: boolean;
  /** Counts what a watch of this version throws; throws nothing itself. */
  readonly failed: (version: ModelVersion) => (error: unknown) => void;
};

import type { ValidBatch } from '../ingest/batch.ts';
import type { BatchOutcome } from '../ingest/group-commit.ts';

/** Hears what becomes of what agents send. It must not throw. */
export type ReceiveObserver = {
  /** A batch of `bytes` bytes got its receipt, `durationMs` after it came; null = what is in it was not read, see `report.ts`. */
  answered(batch: ValidBatch | null, outcome: BatchOutcome, bytes: number, durationMs: number): void;
  /** A message was no batch at all; its stream has been ended. */
  malformed(): void;
  /** A stream was not let in. */
  turnedAway(): void;
};

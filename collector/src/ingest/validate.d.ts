import { type Batch } from '@tidemark/proto';
import type { ValidBatch } from './batch.ts';
import { type TimeBounds } from './time-bounds.ts';
/**
 * Checks every part of a batch. A bad part is left out and refused by name; the rest is taken.
 * @throws {WireError} if the batch as a whole cannot be told apart from others: no source, no sequence.
 */
export declare function validate(batch: Batch, bounds: TimeBounds): ValidBatch;

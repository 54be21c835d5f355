import type { PartRefusal, ValidBatch } from './batch.ts';
import type { BatchOutcome } from './group-commit.ts';
import { type BatchName, batchKey, type IngestTransaction } from './ingest-store.ts';

/** A batch that was taken for new had been committed before. */
export class CameAgain extends Error {}

/** Batches remembered, at some hundred bytes each. */
const MAX_KNOWN = 20_000;

/**
 * Batches that were committed lately. The store alone decides which came before, but a group in which one of these stands need
 * not be taken for new only to be done again: agents that got no receipt send the same once more.
 */
export class KnownBatches {
  readonly #capacity: number;
  readonly #keys = new Set<string>();

  constructor(capacity = MAX_KNOWN) {
    this.#capacity = capacity;
  }

  /** Whether it was committed lately. */
  has(batch: BatchName): boolean {
    return this.#keys.has(batchKey(batch));
  }

  /** Takes over what has been committed; what has been known longest makes room. */
  adopt(batches: readonly BatchName[]): void {
    for (const batch of batches) this.#keys.add(batchKey(batch));
    for (const oldest of this.#keys) {
      if (this.#keys.size <= this.#capacity) return;
      this.#keys.delete(oldest);
    }
  }
}

/** Of fresh batches what was refused now; of those that came again what was refused then, since nobody may have heard of it. */
export async function answersTo(
  tx: IngestTransaction,
  batches: readonly ValidBatch[],
  refusals: ReadonlyMap<ValidBatch, readonly PartRefusal[]>,
): Promise<BatchOutcome[]> {
  const refused = [...refusals].filter(([, parts]) => parts.length > 0);
  if (refused.length > 0)
    await tx.noteRefusals(refused.map(([batch, parts]) => ({ ...nameOf(batch), refusals: parts })));
  const again = batches.filter((batch) => !refusals.has(batch));
  const before = again.length === 0 ? new Map() : await tx.findRefusals(again.map(nameOf));
  return batches.map((batch): BatchOutcome => {
    const found = refusals.get(batch);
    if (found !== undefined) return { kind: 'accepted', refusals: found };
    return { kind: 'duplicate', refusals: before.get(batchKey(batch)) ?? [] };
  });
}

function nameOf({ projectId, source, sequence }: ValidBatch): BatchName {
  return { projectId, source, sequence };
}

/** A batch may stand twice in one group, from a stream that broke and the one after it. */
export function onceEach(batches: readonly ValidBatch[]): ValidBatch[] {
  return firstDeliveries(batches, new Set(batches.map(batchKey)));
}

/** Of each of these, by `batchKey`, the first. */
export function firstDeliveries(batches: readonly ValidBatch[], wanted: ReadonlySet<string>): ValidBatch[] {
  const left = new Set(wanted);
  return batches.filter((batch) => left.delete(batchKey(batch)));
}

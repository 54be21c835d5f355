import { type OwnedVersion, type PartRefusal, type ValidBatch, type ValidLoss, versionKey } from './batch.ts';
import type { PlacedEvent, PlacedOutcome } from './ingest-store.ts';
import type { ResolvedVersions } from './resolve-versions.ts';

type SourceLosses = {
  readonly source: string;
  readonly losses: readonly (ValidLoss & { readonly versionId: number })[];
};
type Refuse = (batch: ValidBatch, refusal: PartRefusal) => void;

/** Gives the events of these batches their place in the store; those of an unknown model version are refused. */
export function placeEvents(batches: readonly ValidBatch[], versions: ResolvedVersions, refuse: Refuse): PlacedEvent[] {
  const placed: PlacedEvent[] = [];
  for (const batch of batches) {
    const { projectId, source, sequence } = batch;
    for (const event of batch.events) {
      const versionId = idOf(event.part, { projectId, ...event.version }, versions, (refusal) =>
        refuse(batch, refusal),
      );
      if (versionId !== undefined) placed.push({ ...event, versionId, source, sequence });
    }
  }
  return placed;
}

/** Gives the outcomes of these batches their place in the store; those of an unknown model version are refused. */
export function placeOutcomes(
  batches: readonly ValidBatch[],
  versions: ResolvedVersions,
  refuse: Refuse,
): PlacedOutcome[] {
  const placed: PlacedOutcome[] = [];
  for (const batch of batches) {
    for (const outcome of batch.outcomes) {
      const versionId = idOf(outcome.part, { projectId: batch.projectId, ...outcome.version }, versions, (refusal) =>
        refuse(batch, refusal),
      );
      if (versionId !== undefined) placed.push({ ...outcome, versionId });
    }
  }
  return placed;
}

/** Gives the losses of each of these batches their place in the store; of an unknown model version nothing is kept. */
export function placeLosses(batches: readonly ValidBatch[], versions: ResolvedVersions): SourceLosses[] {
  return batches.flatMap(({ projectId, source, losses }) => {
    const placed = losses.flatMap((loss) => {
      const versionId = versions.ids.get(versionKey({ ...loss, projectId }));
      return versionId === undefined ? [] : [{ ...loss, versionId }];
    });
    return placed.length === 0 ? [] : [{ source, losses: placed }];
  });
}

function idOf(
  part: string,
  version: OwnedVersion,
  versions: ResolvedVersions,
  refuse: (refusal: PartRefusal) => void,
): number | undefined {
  const id = versions.ids.get(versionKey(version));
  // No row is lost: the inference is counted by its window.
  if (id === undefined) refuse(versions.refusalOf(part, version, 0));
  return id;
}

import { checkOutcome, type PlainOutcome, type RefusalCode, WireError } from '@tidemark/proto';
import { type OwnedVersion, type VersionName, versionKey } from './batch.ts';
import type { IngestStore, IngestTransaction, PlacedOutcome } from './ingest-store.ts';
import { checkTime, type TimeBounds } from './time-bounds.ts';

/** What is wrong with one outcome of a list. */
export type OutcomeMistake = { readonly index: number; readonly code: RefusalCode; readonly message: string };

/** Takes outcomes that come by themselves, from programs that have no agent. */
export class OutcomeDesk {
  readonly #store: IngestStore;
  readonly #bounds: (projectId: number) => TimeBounds;

  constructor(store: IngestStore, bounds: (projectId: number) => TimeBounds) {
    this.#store = store;
    this.#bounds = bounds;
  }

  /**
   * Keeps all of them in a project, or none where one is wrong. The same list may come again: then nothing changes.
   * @returns every mistake; none = all are kept.
   */
  take(projectId: number, outcomes: readonly PlainOutcome[]): Promise<OutcomeMistake[]> {
    return this.#store.transaction(async (tx) => {
      const { placed, mistakes } = await this.#place(tx, projectId, outcomes);
      if (mistakes.length === 0 && placed.length > 0) await tx.writeOutcomes(placed);
      return mistakes;
    });
  }

  /** Every mistake; nothing is kept. */
  check(projectId: number, outcomes: readonly PlainOutcome[]): Promise<OutcomeMistake[]> {
    return this.#store.transaction(async (tx) => (await this.#place(tx, projectId, outcomes)).mistakes);
  }

  async #place(tx: IngestTransaction, projectId: number, outcomes: readonly PlainOutcome[]) {
    const bounds = this.#bounds(projectId);
    const owned = (version: VersionName): OwnedVersion => ({ projectId, ...version });
    const named = new Map(outcomes.map(({ version }) => [versionKey(owned(version)), owned(version)]));
    const versions = await tx.findVersions([...named.values()]);
    const idOf = (version: VersionName) => versions.get(versionKey(owned(version)));
    const placed: PlacedOutcome[] = [];
    const mistakes: OutcomeMistake[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      try {
        placed.push(place(outcome, idOf(outcome.version), bounds));
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        mistakes.push({ index, code: error.code, message: error.message });
      }
    }
    return { placed, mistakes };
  }
}

function place(outcome: PlainOutcome, versionId: number | undefined, bounds: TimeBounds): PlacedOutcome {
  checkOutcome(outcome);
  checkTime('outcome', outcome.atMs, 'hours', bounds);
  if (versionId !== undefined) return { ...outcome, versionId };
  const { model, version } = outcome.version;
  throw new WireError('unknown_model_version', `model version ${model} ${version} is not known here`);
}

import { type OwnedVersion, type PartRefusal, type ValidBatch, type VersionName, versionKey } from './batch.ts';
import type { BudgetNotices } from './budgets.ts';
import type { IngestStore, NamingTransaction } from './ingest-store.ts';
import type { KnownVersions } from './known-versions.ts';

/** Ids of the versions that batches speak of, and why one has none; by `versionKey`. */
export type ResolvedVersions = {
  readonly ids: ReadonlyMap<string, number>;
  /** The refusal of a part that is about a version without an id. */
  refusalOf(part: string, version: OwnedVersion, rows: number): PartRefusal;
};

/**
 * Finds the versions that these batches speak of, and creates or renews those they describe, within the budget of a model: in a
 * transaction of its own, where the store has to be asked at all.
 */
export async function resolveVersions(
  store: IngestStore,
  batches: readonly ValidBatch[],
  known: KnownVersions,
  maxVersions: number,
  notices: BudgetNotices,
): Promise<ResolvedVersions> {
  const described = new Map(
    batches.flatMap(({ projectId, versions }) =>
      versions.map((version) => [versionKey({ ...version, projectId }), { ...version, projectId }] as const),
    ),
  );
  const named = new Map<string, OwnedVersion>(described);
  for (const batch of batches) {
    for (const { model, version } of namedVersions(batch)) {
      const owned = { projectId: batch.projectId, model, version };
      named.set(versionKey(owned), owned);
    }
  }
  const ids = new Map<string, number>();
  for (const key of named.keys()) {
    const id = known.idOf(key);
    if (id !== undefined) ids.set(key, id);
  }
  // Agents say the same again with every connection. Where somebody else may have said something else meanwhile, it is stored again.
  const said = [...described].filter(([key, version]) => !(store.isOurs && ids.has(key) && known.isSaid(key, version)));
  const unknown = [...named].filter(([key]) => !ids.has(key)).map(([, version]) => version);
  let overBudget = new Set<string>();
  if (unknown.length > 0 || said.length > 0) {
    const learnt = await store.naming(async (tx) => {
      const found = unknown.length > 0 ? await tx.findVersions(unknown) : new Map<string, number>();
      const strangers = said.filter(([key]) => !ids.has(key) && !found.has(key)).map(([, version]) => version);
      if (strangers.length > 0) overBudget = await beyond(tx, strangers, maxVersions, notices);
      const kept = said.filter(([key]) => !overBudget.has(key)).map(([, version]) => version);
      return kept.length > 0 ? new Map([...found, ...(await tx.describeVersions(kept))]) : found;
    });
    for (const [key, id] of learnt) ids.set(key, id);
    known.adopt({ ids: learnt, described: new Map(said.filter(([key]) => !overBudget.has(key))) });
  }
  return {
    ids,
    refusalOf: (part, version, rows) =>
      overBudget.has(versionKey(version))
        ? overBudgetOf(part, version, rows, maxVersions)
        : unknownVersion(part, version, rows),
  };
}

/** Those new versions for which their model has no room. */
async function beyond(
  tx: NamingTransaction,
  strangers: readonly OwnedVersion[],
  maxVersions: number,
  notices: BudgetNotices,
): Promise<Set<string>> {
  const overBudget = new Set<string>();
  for (const [, ofModel] of Map.groupBy(strangers, ({ projectId, model }) => `${projectId}\u0000${model}`)) {
    const { projectId, model } = ofModel[0] as OwnedVersion;
    const used = await tx.countVersions(projectId, model);
    for (const version of ofModel.slice(Math.max(0, maxVersions - used))) overBudget.add(versionKey(version));
    notices.note('versions', `model ${model}`, used + ofModel.length, maxVersions);
  }
  return overBudget;
}

/** Every version that a part of the batch is about. */
function namedVersions({ windows, losses, events, outcomes }: ValidBatch): VersionName[] {
  const named: VersionName[] = [...windows, ...losses];
  for (const { version } of events) named.push(version);
  for (const { version } of outcomes) named.push(version);
  return named;
}

function unknownVersion(part: string, { model, version }: VersionName, rows: number): PartRefusal {
  const message =
    `model version ${model} ${version} is not known here; an agent describes it in model_versions ` +
    'of the first batch of a connection';
  return { part, code: 'unknown_model_version', message, rows };
}

function overBudgetOf(part: string, { model, version }: VersionName, rows: number, maxVersions: number): PartRefusal {
  const message =
    `model ${model} has ${maxVersions} versions already, so ${version} is not taken; is something that changes with every ` +
    'start or call in the place of the version? The setting max_versions allows more';
  return { part, code: 'over_budget', message, rows };
}

import type { PlainEvent, PlainHealth, PlainOutcome } from '@tidemark/proto';
import type { SeriesKind, Summary } from '@tidemark/sketch';
import type { AgentDescription, OwnedVersion, PartRefusal, ValidLoss, VersionDescription } from './batch.ts';

/** Identity of a series in the store. */
export type SeriesKey = {
  readonly versionId: number;
  readonly stage: string;
  readonly field: string;
  readonly slice: string;
  readonly kind: SeriesKind;
};
export type StoredSeries = { readonly id: number; readonly kind: SeriesKind };

/** This collector's part of one window of one series. */
export type SummaryPart = {
  readonly versionId: number;
  readonly seriesId: number;
  readonly widthMs: number;
  readonly start: number;
  rev: number;
  readonly summary: Summary;
};

/** This collector's part of the traffic of one window of a model version. */
export type TrafficPart = {
  readonly versionId: number;
  readonly widthMs: number;
  readonly start: number;
  rev: number;
  rows: number;
  errors: number;
};

/** An event with the place it has in the store: its model version, and where it came from. */
export type PlacedEvent = PlainEvent & {
  readonly versionId: number;
  readonly source: string;
  readonly sequence: number;
  readonly ordinal: number;
};

export type PlacedOutcome = PlainOutcome & { readonly versionId: number };

/** What the newest batch of an agent says of it. */
export type AgentNote = {
  readonly projectId: number;
  readonly source: string;
  readonly sequence: number;
  readonly agent: AgentDescription;
  readonly health: PlainHealth | null;
  readonly settingsRevision: number;
};

/** What tells a batch from all others. */
export type BatchName = { readonly projectId: number; readonly source: string; readonly sequence: number };

/** A batch of which not everything was kept. */
export type RefusedBatch = BatchName & { readonly refusals: readonly PartRefusal[] };

/** One key for a batch. */
export function batchKey({ projectId, source, sequence }: BatchName): string {
  return `${projectId}/${source}/${sequence}`;
}

export type PartAddress = { readonly id: number; readonly widthMs: number; readonly start: number };

/** What ingest needs of the store. Everything in one transaction takes effect together or not at all. */
export type IngestStore = {
  /** Transactions that are of use at the same time, 1 or more: while the store is at work on some, another is merged and packed. */
  readonly atOnce: number;
  /** Whether nobody else can write to it: what was stored last is still what this process stored. */
  readonly isOurs: boolean;
  transaction<T>(work: (tx: IngestTransaction) => Promise<T>): Promise<T>;
  /** For the names that rows refer to: what creates or changes them writes no rows, and the other way round. */
  naming<T>(work: (tx: NamingTransaction) => Promise<T>): Promise<T>;
};

export type NamingTransaction = {
  /** Creates or updates the described versions; answers ids by `versionKey`. */
  describeVersions(versions: readonly (VersionDescription & OwnedVersion)[]): Promise<Map<string, number>>;
  /** Ids of versions that exist, by `versionKey`. */
  findVersions(versions: readonly OwnedVersion[]): Promise<Map<string, number>>;
  /** Versions that a model has. */
  countVersions(projectId: number, model: string): Promise<number>;
  /** Series that exist, in the order asked; undefined = there is none. */
  findSeries(series: readonly SeriesKey[]): Promise<(StoredSeries | undefined)[]>;
  /** Series that each of these model versions has; absent = none. */
  countSeries(versionIds: readonly number[]): Promise<Map<number, number>>;
  /** Finds or creates series; the answer is in the order asked. A series keeps the kind it was created with. */
  ensureSeries(series: readonly SeriesKey[]): Promise<StoredSeries[]>;
};

export type IngestTransaction = Pick<NamingTransaction, 'findVersions'> & {
  /** Records the batches; answers the ones that had not been recorded before, by `batchKey`. */
  registerBatches(batches: readonly BatchName[]): Promise<Set<string>>;
  /** Keeps what was not kept of batches that were recorded in this transaction. */
  noteRefusals(batches: readonly RefusedBatch[]): Promise<void>;
  /** What was not kept of batches that had been recorded before, by `batchKey`; absent = nothing. */
  findRefusals(batches: readonly BatchName[]): Promise<Map<string, readonly PartRefusal[]>>;
  /** What this collector has stored at these addresses (id = series). */
  loadSummaries(addresses: readonly PartAddress[]): Promise<SummaryPart[]>;
  /** What this collector has stored at these addresses (id = model version). */
  loadTraffic(addresses: readonly PartAddress[]): Promise<TrafficPart[]>;
  /** `onPacked` is called when only the store is still at work on them. */
  writeSummaries(parts: readonly SummaryPart[], onPacked?: () => void): Promise<void>;
  writeTraffic(parts: readonly TrafficPart[]): Promise<void>;
  /** Says of windows that were written that the coarser ones around them have to be made anew. */
  markForRollUp(windows: readonly { versionId: number; widthMs: number; start: number }[]): Promise<void>;
  /** Says which of these windows come after ticks that were judged without them. Holds up judging until the commit, so it comes after the rows. */
  noteLateWindows(windows: readonly { projectId: number; widthMs: number; start: number }[]): Promise<void>;
  /** Widens the span of event time in which each version has been seen. Comes last: what opens a chunk of TimescaleDB waits for whoever has changed a version. */
  noteSpans(spans: ReadonlyMap<number, { from: number; to: number }>): Promise<void>;
  addLosses(source: string, losses: readonly (ValidLoss & { versionId: number })[]): Promise<void>;
  /** Keeps events; one that is there already stays as it is. */
  writeEvents(events: readonly PlacedEvent[]): Promise<void>;
  /** Keeps outcomes; of several for one field of a prediction the one that became known last. */
  writeOutcomes(outcomes: readonly PlacedOutcome[]): Promise<void>;
  /** Notes which agents are alive and who they are; each source stands once. */
  noteAgents(agents: readonly AgentNote[]): Promise<void>;
  /** Keeps what agents, which have been noted before, say of themselves; each source stands once. */
  noteHealth(agents: readonly AgentNote[]): Promise<void>;
};

import type { IngestStore, IngestTransaction, NamingTransaction } from '../ingest/ingest-store.ts';
import { noteAgents, noteHealth } from './agents.ts';
import { addLosses, findRefusals, noteRefusals, registerBatches } from './batches.ts';
import type { Database, Queryable } from './database.ts';
import { writeEvents } from './events.ts';
import { noteLateWindows } from './late-data.ts';
import { countVersions, describeVersions, findVersions, noteSpans } from './models.ts';
import { writeOutcomes } from './outcomes.ts';
import { markForRollUp } from './rollup-marks.ts';
import { countSeries, ensureSeries, findSeries } from './series.ts';
import { loadSummaryParts } from './summaries.ts';
import { loadTrafficParts, writeTraffic } from './traffic.ts';
import { writeSummaries } from './write-summaries.ts';

/**
 * The embedded database has one session, so a second transaction is merged and waits for its turn. A server takes several: with
 * 2, 3 and 4 of them 31, 32.5 and 33.5 thousand summaries a second on two cores, with more no more.
 */
const AT_ONCE = { embedded: 2, postgres: 4 } as const;

/** Provides ingest with the store: its statements, in transactions, for one part. */
export function createIngestStore(database: Database, part: number): IngestStore {
  return {
    atOnce: AT_ONCE[database.kind],
    // Its directory is locked.
    isOurs: database.kind === 'embedded',
    transaction: (work) => database.transaction((tx) => work(createTransaction(tx, part)), { keepPlans: true }),
    naming: (work) => database.transaction((tx) => work(createNaming(tx))),
  };
}

function createTransaction(tx: Queryable, part: number): IngestTransaction {
  return {
    registerBatches: (batches) => registerBatches(tx, batches),
    noteRefusals: (batches) => noteRefusals(tx, batches),
    findRefusals: (batches) => findRefusals(tx, batches),
    findVersions: (versions) => findVersions(tx, versions),
    loadSummaries: (addresses) => loadSummaryParts(tx, part, addresses),
    loadTraffic: (addresses) => loadTrafficParts(tx, part, addresses),
    writeSummaries: (parts, onPacked) => writeSummaries(tx, part, parts, onPacked),
    writeTraffic: (parts) => writeTraffic(tx, part, parts),
    markForRollUp: (windows) => markForRollUp(tx, part, windows),
    noteLateWindows: (windows) => noteLateWindows(tx, part, windows),
    noteSpans: (spans) => noteSpans(tx, spans),
    addLosses: (source, losses) => addLosses(tx, source, losses),
    writeEvents: (events) => writeEvents(tx, events),
    writeOutcomes: (outcomes) => writeOutcomes(tx, outcomes),
    noteAgents: (agents) => noteAgents(tx, agents),
    noteHealth: (agents) => noteHealth(tx, agents),
  };
}

function createNaming(tx: Queryable): NamingTransaction {
  return {
    describeVersions: (versions) => describeVersions(tx, versions),
    findVersions: (versions) => findVersions(tx, versions),
    countVersions: (projectId, model) => countVersions(tx, projectId, model),
    findSeries: (keys) => findSeries(tx, keys),
    countSeries: (versionIds) => countSeries(tx, versionIds),
    ensureSeries: (keys) => ensureSeries(tx, keys),
  };
}

import type { Summary } from '@tidemark/sketch';
import { AgentNotes } from './agent-notes.ts';
import type { PartRefusal, ValidBatch } from './batch.ts';
import { type BudgetNotice, BudgetNotices, type Budgets, DEFAULT_BUDGETS } from './budgets.ts';
import type { CommitObserver } from './commit-observer.ts';
import { CommitPace } from './commit-pace.ts';
import { type BatchOutcome, type Commit, GroupCommit } from './group-commit.ts';
import type { AgentNote, IngestStore, IngestTransaction, SummaryPart, TrafficPart } from './ingest-store.ts';
import { KnownVersions, type Span } from './known-versions.ts';
import { mergeWindows } from './merge.ts';
import { OpenParts } from './open-parts.ts';
import { placeEvents, placeLosses, placeOutcomes } from './place-events.ts';
import { type PlacedWindow, placeWindows } from './place-windows.ts';
import { answersTo, CameAgain, firstDeliveries, KnownBatches, onceEach } from './repeated-batches.ts';
import { type ResolvedVersions, resolveVersions } from './resolve-versions.ts';
import { SeriesDesk } from './series-desk.ts';
import { settleAll } from './settle-all.ts';
import { type OnStoreChange, StoreCondition } from './store-condition.ts';

/** Parts kept in memory; about 10 KB each at the most. One of vectors counts as many as it has digests. */
const MAX_OPEN_PARTS = 20_000;

/** How many names are taken, how commits go, and who hears of budgets that are used up, of every commit and of the store falling ill. */
export type IngestOptions = {
  /** How long a commit may wait for batches of other agents, in ms; 0 = it never does. */
  readonly spanMs?: number;
  readonly budgets?: Budgets;
  readonly onBudget?: (notice: BudgetNotice) => void;
  readonly observer?: CommitObserver;
  readonly onStoreChange?: OnStoreChange;
  /** Monotonic, in ms. */
  readonly now?: () => number;
};

/** Told after each commit: the newest window start (ms) among what was kept. */
export type OnCommitted = (newestStart: number) => void;

/** What one commit will have changed, for memory to take over when it has happened. */
type Staged = {
  readonly summaries: Map<string, SummaryPart>;
  readonly traffic: Map<string, TrafficPart>;
  readonly agents: AgentNote[];
  readonly spans: Map<number, Span>;
};

/** Batches whose model versions and series are known, and what is refused of each. */
type Named = {
  readonly versions: ResolvedVersions;
  readonly windows: ReadonlyMap<ValidBatch, readonly PlacedWindow[]>;
  readonly refusals: ReadonlyMap<ValidBatch, PartRefusal[]>;
};

/**
 * name ► dedupe ► merge ► write, for a group of batches; all but the names in one transaction. Only after its commit does a batch
 * have an outcome, and only then does memory take over what was written.
 */
export class Ingest {
  /** How the store does, by the commits that were tried. */
  readonly condition: StoreCondition;
  readonly #store: IngestStore;
  readonly #onCommitted: OnCommitted;
  readonly #observer: CommitObserver | undefined;
  readonly #group: GroupCommit;
  readonly #budgets: Budgets;
  readonly #notices: BudgetNotices;
  readonly #desk: SeriesDesk;
  readonly #agents = new AgentNotes();
  readonly #batches = new KnownBatches();
  readonly #versions = new KnownVersions();
  readonly #now: () => number;
  readonly #summaries: OpenParts<SummaryPart>;
  readonly #traffic: OpenParts<TrafficPart>;

  constructor(
    store: IngestStore,
    onCommitted: OnCommitted,
    {
      budgets = DEFAULT_BUDGETS,
      onBudget,
      observer,
      onStoreChange,
      spanMs = 0,
      now = () => performance.now(),
    }: IngestOptions = {},
  ) {
    this.#store = store;
    this.#onCommitted = onCommitted;
    this.#observer = observer;
    this.#budgets = budgets;
    this.#now = now;
    this.#summaries = new OpenParts(MAX_OPEN_PARTS, now, ({ summary }) => digestsOf(summary));
    this.#traffic = new OpenParts(MAX_OPEN_PARTS, now);
    this.#notices = new BudgetNotices((notice) => onBudget?.(notice));
    this.#desk = new SeriesDesk(budgets.maxSeries, this.#notices);
    this.condition = new StoreCondition(onStoreChange);
    const commit: Commit = (batches, onPacked) => this.condition.watch(() => this.#commit(batches, onPacked));
    this.#group = new GroupCommit(commit, new CommitPace(spanMs), store.atOnce);
  }

  /** Parts of windows held in memory. */
  get openParts(): { readonly summaries: number; readonly traffic: number } {
    return { summaries: this.#summaries.size, traffic: this.#traffic.size };
  }

  /** Why every batch is answered with `retry` at present, so that nobody need read it; null = they are taken. */
  get closedBecause(): string | null {
    return this.#group.closedBecause;
  }

  /** Answers after the commit that holds the batch, or with `retry`; never rejects. */
  take(batch: ValidBatch): Promise<BatchOutcome> {
    return this.#group.submit(batch);
  }

  /** Finishes the commits under way; what waits behind it is answered with `retry`. For when patience has run out. */
  stop(): Promise<void> {
    return this.#group.stop();
  }

  async #commit(batches: readonly ValidBatch[], onPacked: () => void): Promise<BatchOutcome[]> {
    try {
      return await this.#attempt(batches, onPacked, !batches.some((batch) => this.#batches.has(batch)));
    } catch (error) {
      if (!(error instanceof CameAgain)) throw error;
      return this.#attempt(batches, onPacked, false);
    }
  }

  /** `assumeNew`: whether to go on before the store has said which batches it had; nearly always it had none. */
  async #attempt(batches: readonly ValidBatch[], onPacked: () => void, assumeNew: boolean): Promise<BatchOutcome[]> {
    const staged: Staged = {
      summaries: new Map(),
      traffic: new Map(),
      agents: [],
      spans: new Map(),
    };
    const startedAt = this.#now();
    const tell = (duplicates: number, error: unknown) =>
      this.#observer?.({
        batches: batches.length,
        duplicates,
        summaryParts: staged.summaries.size,
        trafficParts: staged.traffic.size,
        durationMs: this.#now() - startedAt,
        error,
      });
    let result: { outcomes: BatchOutcome[]; newest: number };
    try {
      // What is known to have been committed is not fresh, whatever the store says of the others: it needs no place.
      const named = await this.#name(onceEach(batches).filter((batch) => !this.#batches.has(batch)));
      result = await this.#store.transaction((tx) => this.#write(tx, batches, named, staged, onPacked, assumeNew));
    } catch (error) {
      // The commit may have happened all the same: only the store knows, so it is asked next time.
      this.#summaries.forget(staged.summaries);
      this.#traffic.forget(staged.traffic);
      if (error instanceof CameAgain) throw error;
      this.#desk.forget();
      this.#agents.forget();
      this.#versions.forget();
      tell(0, error);
      throw error;
    }
    this.#summaries.adopt(staged.summaries);
    this.#traffic.adopt(staged.traffic);
    this.#agents.adopt(staged.agents, startedAt);
    this.#versions.adopt(staged);
    this.#batches.adopt(batches);
    tell(result.outcomes.filter(({ kind }) => kind === 'duplicate').length, null);
    if (result.newest > -Infinity) this.#onCommitted(result.newest);
    return result.outcomes;
  }

  /**
   * Finds or creates the model versions and series that these are about: committed before anything else is written. Where a row
   * opens a chunk of TimescaleDB, the tables that its table refers to are locked against all who have written to them; two that had
   * both created series would wait for each other.
   */
  async #name(batches: readonly ValidBatch[]): Promise<Named> {
    const refusals = new Map<ValidBatch, PartRefusal[]>(batches.map((batch) => [batch, [...batch.refusals]]));
    const refuse = (batch: ValidBatch, refusal: PartRefusal) => refusals.get(batch)?.push(refusal);
    const { maxVersions } = this.#budgets;
    const versions = await resolveVersions(this.#store, batches, this.#versions, maxVersions, this.#notices);
    const windows = await placeWindows(this.#store, batches, versions, this.#desk, refuse);
    return { versions, windows, refusals };
  }

  async #write(
    tx: IngestTransaction,
    batches: readonly ValidBatch[],
    named: Named,
    staged: Staged,
    onPacked: () => void,
    assumeNew: boolean,
  ): Promise<{ outcomes: BatchOutcome[]; newest: number }> {
    const registering = tx.registerBatches(batches);
    // Told below, when it is waited for; until then it is nobody's failure.
    registering.catch(() => undefined);
    try {
      const fresh = assumeNew ? onceEach(batches) : firstDeliveries(batches, await registering);
      const written = await this.#writeFresh(tx, batches, fresh, named, staged, onPacked);
      if ((await registering).size < fresh.length) throw new CameAgain();
      return written;
    } catch (error) {
      // A statement that fails takes the transaction with it, and what follows only says so.
      await registering;
      throw error;
    }
  }

  async #writeFresh(
    tx: IngestTransaction,
    batches: readonly ValidBatch[],
    fresh: readonly ValidBatch[],
    named: Named,
    staged: Staged,
    onPacked: () => void,
  ): Promise<{ outcomes: BatchOutcome[]; newest: number }> {
    const { versions } = named;
    const refusals = new Map(fresh.map((batch) => [batch, named.refusals.get(batch) ?? []]));
    const windows = fresh.flatMap((batch) => named.windows.get(batch) ?? []);
    await mergeWindows(
      tx,
      windows,
      { memory: this.#summaries, staged: staged.summaries },
      { memory: this.#traffic, staged: staged.traffic },
    );
    const packed = Promise.withResolvers<void>();
    const writing = tx.writeSummaries([...staged.summaries.values()], () => {
      packed.resolve();
      onPacked();
    });
    await Promise.race([packed.promise, writing]);
    const served = windows.filter(isServed);
    const refuse = (batch: ValidBatch, refusal: PartRefusal) => refusals.get(batch)?.push(refusal);
    const notes = newestNotes(fresh);
    for (const [id, span] of this.#versions.beyond(spansOf(served))) staged.spans.set(id, span);
    staged.agents.push(...this.#agents.dueOf(notes, this.#now()));
    const events = placeEvents(fresh, versions, refuse);
    const outcomes = placeOutcomes(fresh, versions, refuse);
    // Asked all at once, so that the store goes from one to the next by itself, however busy this thread is. The late windows
    // hold up judging, so they come after all that takes long; what refers to agents comes after them. Spans are of versions,
    // so they come after all rows that may open a chunk (see `#name`).
    await settleAll([
      writing,
      tx.writeTraffic([...staged.traffic.values()]),
      tx.markForRollUp(windows),
      tx.noteLateWindows(windows),
      ...placeLosses(fresh, versions).map(({ source, losses }) => tx.addLosses(source, losses)),
      events.length > 0 ? tx.writeEvents(events) : undefined,
      outcomes.length > 0 ? tx.writeOutcomes(outcomes) : undefined,
      tx.noteAgents(staged.agents),
      tx.noteHealth(notes),
      tx.noteSpans(staged.spans),
    ]);
    const answers = await answersTo(tx, batches, refusals);
    const newest = served.reduce((latest, { start }) => Math.max(latest, start), -Infinity);
    return { outcomes: answers, newest };
  }
}

function digestsOf(summary: Summary): number {
  return summary.kind === 'vector' && summary.kinds.valid > 0 ? summary.projections.directions + 2 : 1;
}

/** Of each agent what its newest batch says. */
function newestNotes(fresh: readonly ValidBatch[]): AgentNote[] {
  const newest = new Map<string, ValidBatch>();
  for (const batch of fresh) {
    const agent = `${batch.projectId}/${batch.source}`;
    if (batch.sequence > (newest.get(agent)?.sequence ?? 0)) newest.set(agent, batch);
  }
  return [...newest.values()];
}

/** Whether a window says more than that nothing was served, which makes no version any older or younger. */
function isServed({ rows, summaries }: PlacedWindow): boolean {
  return rows > 0 || summaries.length > 0;
}

function spansOf(windows: readonly PlacedWindow[]): Map<number, Span> {
  const spans = new Map<number, Span>();
  for (const { versionId, start, widthMs } of windows) {
    const { from, to } = spans.get(versionId) ?? { from: start, to: start + widthMs };
    spans.set(versionId, { from: Math.min(from, start), to: Math.max(to, start + widthMs) });
  }
  return spans;
}

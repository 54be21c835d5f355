import { LIMITS } from '@tidemark/proto';
import type { PartRefusal, ValidBatch } from './batch.ts';
import { chooseGroup, type Weighed } from './choose-group.ts';
import { type CommitPace, summariesOf } from './commit-pace.ts';
import { readStoreError } from './store-error.ts';

/** What came of one batch. */
export type BatchOutcome =
  | { readonly kind: 'accepted'; readonly refusals: readonly PartRefusal[] }
  /** It had been committed before, but for these parts. */
  | { readonly kind: 'duplicate'; readonly refusals: readonly PartRefusal[] }
  /** The store will never take it, however often it comes. */
  | { readonly kind: 'refused'; readonly cause: Error }
  | { readonly kind: 'retry'; readonly cause: Error };

/** Tries of a commit that gives way to another transaction. */
const MAX_TRIES = 3;

/**
 * How long a commit may take, with its wait for a turn where the store has one session, before its batches are given back, ms:
 * less than the 10 s that an agent waits for a receipt.
 */
const PATIENCE_MS = 5_000;
const LATE = `the store has not committed within ${PATIENCE_MS} ms`;

/**
 * Batches that may wait for a store whose last commit has failed: as many as an agent may have unacknowledged. The others need not be
 * read and kept, in all the memory there is for them, only to be given back when this one has failed as well.
 */
const TRIED_AT_ONCE = LIMITS.maxUnacknowledged;
const TRYING = 'the last commit has failed, and others try the next';

/** Commits batches; calls `onPacked` when only the store is still at work on them. */
export type Commit = (batches: readonly ValidBatch[], onPacked: () => void) => Promise<BatchOutcome[]>;

type Waiting = Weighed & { readonly batch: ValidBatch; settle(outcome: BatchOutcome): void };

/** A commit under way, and its end. */
type UnderWay = Weighed & { readonly done: Promise<void> };

/**
 * Collects the batches that arrive while a commit is under way, or while its pace says to wait for more, and commits them
 * together: the busier the collector, the larger its groups, and one that hears few agents commits at once.
 *
 * The next group is merged and packed while the store is at work on those before: of agents and models that those have nothing
 * of, so that no two commits read and change the same part.
 */
export class GroupCommit {
  readonly #commit: Commit;
  readonly #pace: CommitPace;
  readonly #atOnce: number;
  #waiting: Waiting[] = [];
  readonly #underWay = new Set<UnderWay>();
  /** Resolves when the newest group is packed, or has ended. */
  #packed: Promise<void> = Promise.resolve();
  #running: Promise<void> | undefined;
  /** Looks again whether the commit is due; there while it is waited for. */
  #lookAgain: (() => void) | undefined;
  #stopped = false;
  /** Commits under way that take too long: while there is one, nothing waits. */
  #late = 0;
  /** Whether the store has kept nothing since it last failed. */
  #isFailing = false;
  /** Batches that wait or are under way. */
  #size = 0;

  /** @param atOnce commits that are of use at the same time, 1 or more. */
  constructor(commit: Commit, pace: CommitPace, atOnce = 1) {
    this.#commit = commit;
    this.#pace = pace;
    this.#atOnce = atOnce;
  }

  /** Why every batch is given back at present; null = they are taken. */
  get closedBecause(): string | null {
    if (this.#stopped) return 'the collector is stopping';
    if (this.#late > 0) return LATE;
    return this.#isFailing && this.#size >= TRIED_AT_ONCE ? TRYING : null;
  }

  /** Resolves after the commit that holds the batch, or with `retry`; never rejects. */
  submit(batch: ValidBatch): Promise<BatchOutcome> {
    const { closedBecause } = this;
    if (closedBecause !== null) return Promise.resolve({ kind: 'retry', cause: new Error(closedBecause) });
    this.#size += 1;
    return new Promise<BatchOutcome>((settle) => {
      this.#waiting.push({ batch, touches: touchesOf(batch), summaries: summariesOf(batch), settle });
      this.#pace.add(batch, performance.now());
      this.#lookAgain?.();
      this.#running ??= this.#run();
    }).finally(() => {
      this.#size -= 1;
    });
  }

  /** Finishes the commits under way; what waits behind them is to be sent again, and nothing more is taken. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#giveBack('the collector is stopping');
    this.#lookAgain?.();
    await this.#running;
    await Promise.all([...this.#underWay].map(({ done }) => done));
  }

  #giveBack(reason: string, more: readonly Waiting[] = []): void {
    const cause = new Error(reason);
    for (const { settle } of [...this.#waiting.splice(0), ...more]) settle({ kind: 'retry', cause });
  }

  async #run(): Promise<void> {
    // A turn of the loop later everything that has already been received is in the group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      await this.#packed;
      if (this.#underWay.size >= this.#atOnce) await this.#untilOneEnds();
      await this.#untilDue();
      const group = this.#take();
      if (group.length > 0) this.#begin(group);
      // Whatever waited may have been given back meanwhile; else it touches what is under way.
      else if (this.#waiting.length > 0) await this.#untilOneEnds();
    }
    this.#running = undefined;
  }

  /** The batches that may go now, which wait no more. */
  #take(): Waiting[] {
    const { group, rest } = chooseGroup(this.#waiting, [...this.#underWay], shares(this.#atOnce));
    if (group.length === 0) return [];
    const batchesOf = (waiting: readonly Waiting[]) => waiting.map(({ batch }) => batch);
    const count = this.#pace.begin(batchesOf(group), performance.now(), batchesOf(rest));
    this.#waiting = [...group.slice(count), ...rest];
    return group.slice(0, count);
  }

  #begin(group: readonly Waiting[]): void {
    const { promise: packed, resolve: onPacked } = Promise.withResolvers<void>();
    const done = this.#commitInTime(group, onPacked).then((outcomes) => {
      this.#underWay.delete(commit);
      this.#isFailing = outcomes.every(({ kind }) => kind === 'retry');
      onPacked();
      group.forEach(({ settle }, i) => {
        settle(outcomes[i] ?? { kind: 'retry', cause: new Error('the commit gave no answer for this batch') });
      });
    });
    const commit = {
      touches: new Set(group.flatMap(({ touches }) => [...touches])),
      summaries: group.reduce((sum, { summaries }) => sum + summaries, 0),
      done,
    };
    this.#underWay.add(commit);
    this.#packed = packed;
  }

  #untilOneEnds(): Promise<void> {
    return Promise.race([...this.#underWay].map(({ done }) => done));
  }

  async #untilDue(): Promise<void> {
    for (;;) {
      const waitMs = this.#stopped ? 0 : this.#pace.waitMs(performance.now());
      if (waitMs <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        this.#lookAgain = () => {
          if (!this.#stopped && this.#pace.waitMs(performance.now()) > 0) return;
          clearTimeout(timer);
          resolve();
        };
      });
      this.#lookAgain = undefined;
    }
  }

  /**
   * A store that hangs must not leave agents without an answer, nor their batches in memory: they are told to come again.
   * Whether the commit happens all the same the store knows; a batch that comes again is counted once.
   */
  async #commitInTime(group: readonly Waiting[], onPacked: () => void): Promise<BatchOutcome[]> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#isFailing = true;
      this.#late += 1;
      this.#giveBack(LATE, group);
    }, PATIENCE_MS);
    try {
      return await this.#commitSafely(
        group.map(({ batch }) => batch),
        onPacked,
      );
    } finally {
      clearTimeout(timer);
      if (isLate) this.#late -= 1;
    }
  }

  async #commitSafely(batches: readonly ValidBatch[], onPacked: () => void, tries = 1): Promise<BatchOutcome[]> {
    try {
      return await this.#commit(batches, onPacked);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      const { kind } = readStoreError(error);
      if (kind === 'conflict' && tries < MAX_TRIES) return this.#commitSafely(batches, onPacked, tries + 1);
      if (kind !== 'data') return batches.map(() => ({ kind: 'retry', cause }));
      if (batches.length <= 1) return batches.map(() => ({ kind: 'refused', cause }));
      return this.#commitEach(batches, onPacked);
    }
  }

  /** One of them is bad, and the others must not wait for it for ever. */
  async #commitEach(batches: readonly ValidBatch[], onPacked: () => void): Promise<BatchOutcome[]> {
    const outcomes: BatchOutcome[] = [];
    for (const batch of batches) {
      outcomes.push(...(await this.#commitSafely([batch], onPacked)));
      const last = outcomes.at(-1);
      // The store has gone meanwhile: to try every other one as well would take a timeout for each.
      if (last?.kind === 'retry') return batches.map((_, i) => outcomes[i] ?? last);
    }
    return outcomes;
  }
}

/**
 * Among how many commits what waits is divided: one less than there may be at once, since one is to be found free by what comes
 * back first, but not all for one. With two at once and a share for each, an embedded store takes a twelfth more: it is at work
 * on one half while the other is merged.
 */
function shares(atOnce: number): number {
  return Math.min(atOnce, Math.max(2, atOnce - 1));
}

/** What a batch reads and changes that others may as well: the row of its agent, and all that belongs to a model. */
function touchesOf({ projectId, source, windows, versions, losses, events, outcomes }: ValidBatch): string[] {
  const models = new Set([...windows, ...versions, ...losses].map(({ model }) => model));
  for (const { version } of [...events, ...outcomes]) models.add(version.model);
  return [`${projectId}/${source}`, ...[...models].map((model) => `${projectId}/model/${model}`)];
}

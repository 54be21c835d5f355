import type { PartRefusal, ValidBatch } from './batch.ts';
import type { CommitPace } from './commit-pace.ts';
import { readStoreError } from './store-error.ts';

/** What came of one batch. */
export type BatchOutcome =
  | { readonly kind: 'accepted'; readonly refusals: readonly PartRefusal[] }
  /** It had been committed before, but for these parts. */
  | { readonly kind: 'duplicate'; readonly refusals: readonly PartRefusal[] }
  /** The store will never take it, however often it comes. */
  | { readonly kind: 'refused'; readonly cause: Error }
  | { readonly kind: 'retry'; readonly cause: Error };

/** Tries of a commit that gives way; two collectors that open a chunk of TimescaleDB at once can lock each other out. */
const MAX_TRIES = 3;

/** How long a commit may take before its batches are given back, ms: less than the 10 s that an agent waits for a receipt. */
const PATIENCE_MS = 5_000;
const LATE = `the store has not committed within ${PATIENCE_MS} ms`;

type Waiting = { readonly batch: ValidBatch; settle(outcome: BatchOutcome): void };

/**
 * Collects the batches that arrive while a commit is under way, or while its pace says to wait for more, and commits them
 * together: the busier the collector, the larger its groups, and one that hears few agents commits at once.
 */
export class GroupCommit {
  readonly #commit: (batches: readonly ValidBatch[]) => Promise<BatchOutcome[]>;
  readonly #pace: CommitPace;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** Looks again whether the commit is due; there while it is waited for. */
  #lookAgain: (() => void) | undefined;
  #stopped = false;
  /** Whether the commit under way takes too long: then nothing waits for it. */
  #isLate = false;

  constructor(commit: (batches: readonly ValidBatch[]) => Promise<BatchOutcome[]>, pace: CommitPace) {
    this.#commit = commit;
    this.#pace = pace;
  }

  /** Resolves after the commit that holds the batch, or with `retry`; never rejects. */
  submit(batch: ValidBatch): Promise<BatchOutcome> {
    return new Promise((settle) => {
      this.#waiting.push({ batch, settle });
      if (this.#stopped) return this.#giveBack('the collector is stopping');
      if (this.#isLate) return this.#giveBack(LATE);
      this.#pace.add(batch, performance.now());
      this.#lookAgain?.();
      this.#running ??= this.#run();
    });
  }

  /** Finishes the commit under way; what waits behind it is to be sent again, and nothing more is taken. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#giveBack('the collector is stopping');
    this.#lookAgain?.();
    await this.#running;
  }

  #giveBack(reason: string, more: readonly Waiting[] = []): void {
    const cause = new Error(reason);
    for (const { settle } of [...this.#waiting.splice(0), ...more]) settle({ kind: 'retry', cause });
  }

  async #run(): Promise<void> {
    // A turn of the loop later everything that has already been received is in the group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      await this.#untilDue();
      const batches = this.#waiting.map(({ batch }) => batch);
      const group = this.#waiting.splice(0, this.#pace.begin(batches, performance.now()));
      // Whatever waited may have been given back meanwhile.
      if (group.length === 0) break;
      const outcomes = await this.#commitInTime(group);
      group.forEach(({ settle }, i) => {
        settle(outcomes[i] ?? { kind: 'retry', cause: new Error('the commit gave no answer for this batch') });
      });
    }
    this.#running = undefined;
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
  async #commitInTime(group: readonly Waiting[]): Promise<BatchOutcome[]> {
    const timer = setTimeout(() => {
      this.#isLate = true;
      this.#giveBack(LATE, group);
    }, PATIENCE_MS);
    try {
      return await this.#commitSafely(group.map(({ batch }) => batch));
    } finally {
      clearTimeout(timer);
      this.#isLate = false;
    }
  }

  async #commitSafely(batches: readonly ValidBatch[], tries = 1): Promise<BatchOutcome[]> {
    try {
      return await this.#commit(batches);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      const { kind } = readStoreError(error);
      if (kind === 'conflict' && tries < MAX_TRIES) return this.#commitSafely(batches, tries + 1);
      if (kind !== 'data') return batches.map(() => ({ kind: 'retry', cause }));
      if (batches.length <= 1) return batches.map(() => ({ kind: 'refused', cause }));
      return this.#commitEach(batches);
    }
  }

  /** One of them is bad, and the others must not wait for it for ever. */
  async #commitEach(batches: readonly ValidBatch[]): Promise<BatchOutcome[]> {
    const outcomes: BatchOutcome[] = [];
    for (const batch of batches) {
      outcomes.push(...(await this.#commitSafely([batch])));
      const last = outcomes.at(-1);
      // The store has gone meanwhile: to try every other one as well would take a timeout for each.
      if (last?.kind === 'retry') return batches.map((_, i) => outcomes[i] ?? last);
    }
    return outcomes;
  }
}

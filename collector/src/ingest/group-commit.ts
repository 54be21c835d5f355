import type { PartRefusal, ValidBatch } from './batch.ts';

/** What came of one batch. */
export type BatchOutcome =
  | { readonly kind: 'accepted'; readonly refusals: readonly PartRefusal[] }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'retry'; readonly cause: Error };

type Waiting = { readonly batch: ValidBatch; settle(outcome: BatchOutcome): void };

/**
 * Collects the batches that arrive while a commit is under way and commits them together: the busier
 * the collector, the larger its groups, and a quiet one commits at once.
 */
export class GroupCommit {
  readonly #commit: (batches: readonly ValidBatch[]) => Promise<BatchOutcome[]>;
  readonly #maxGroup: number;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(commit: (batches: readonly ValidBatch[]) => Promise<BatchOutcome[]>, maxGroup: number) {
    this.#commit = commit;
    this.#maxGroup = maxGroup;
  }

  /** Resolves after the commit that holds the batch, or with `retry`; never rejects. */
  submit(batch: ValidBatch): Promise<BatchOutcome> {
    return new Promise((settle) => {
      this.#waiting.push({ batch, settle });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // A turn of the loop later everything that has already been received is in the group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#maxGroup);
      const outcomes = await this.#commitSafely(group.map(({ batch }) => batch));
      group.forEach(({ settle }, i) => {
        settle(outcomes[i] ?? { kind: 'retry', cause: new Error('the commit gave no answer for this batch') });
      });
    }
    this.#running = undefined;
  }

  async #commitSafely(batches: readonly ValidBatch[]): Promise<BatchOutcome[]> {
    try {
      return await this.#commit(batches);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      return batches.map(() => ({ kind: 'retry', cause }));
    }
  }
}

import type { Receipt } from '@tidemark/proto';
import type { Loss, LossReason } from '../losses.ts';
import type { Owner } from './delta.ts';
import type { BatchContents, LossSource } from './sealer.ts';
import { allOf, type RefusedPart, type Settlement } from './settle.ts';

/** Where the exporter counts what it cannot keep; see Losses. */
export type LossSink = LossSource & {
  add(owner: Owner, reason: LossReason, count: number): void;
  restore(losses: readonly Loss<Owner>[]): void;
};

// Parts of this kind are samples and details: a flush that lost some has still delivered what it was asked for.
const HARMLESS: ReadonlySet<LossReason> = new Set(['summary-refused', 'event-refused', 'event-budget']);

/** What became of inferences and outcomes: sent, or lost for a reason. */
export class Accounts {
  /** Inferences and outcomes the collector has acknowledged. */
  sentRows = 0;
  sentOutcomes = 0;
  /** Outcomes the caller gave. */
  givenOutcomes = 0;
  droppedOutcomes = 0;
  /** Rises with everything that is given up: a flush that saw it rise was not delivered. */
  givenUp = 0;
  readonly #losses: LossSink;
  readonly #say: (message: string) => void;

  constructor(losses: LossSink, say: (message: string) => void) {
    this.#losses = losses;
    this.#say = say;
  }

  drop(owner: Owner, reason: LossReason, count: number): void {
    if (!HARMLESS.has(reason)) this.givenUp++;
    if (reason === 'outcome-budget' || reason === 'outcome-refused') this.droppedOutcomes += count;
    this.#losses.add(owner, reason, count);
  }

  /** A batch has its receipt for good. */
  settle(batch: BatchContents, settlement: Extract<Settlement, { kind: 'settled' }>, receipt: Receipt): void {
    this.sentRows += settlement.sentRows;
    this.sentOutcomes += settlement.sentOutcomes;
    this.#dropAll(settlement.lost);
    const first = receipt.refusals[0];
    if (first !== undefined) this.#say(`collector refused ${first.part || 'a batch'}: ${first.code}: ${first.message}`);
    if (!settlement.kept) this.#tellAgain(batch);
  }

  /** The collector refused the stream because of this batch. */
  refuse(batch: BatchContents): void {
    this.#dropAll(allOf(batch));
    this.#tellAgain(batch);
  }

  /** A batch is given up here, with what it told of earlier losses. @param reason that of its windows. */
  giveUp(batch: BatchContents, reason: 'stopped' | 'spool-full'): void {
    for (const { owner, rows } of batch.windows) this.drop(owner, reason, rows);
    for (const owner of batch.events) this.drop(owner, 'event-budget', 1);
    for (const owner of batch.outcomes) this.drop(owner, 'outcome-budget', 1);
    this.#losses.restore(batch.losses);
  }

  #dropAll(lost: readonly RefusedPart[]): void {
    for (const { owner, reason, count } of lost) this.drop(owner, reason, count);
  }

  /** Losses told by a batch that was refused; alone, they would be refused for ever. */
  #tellAgain({ windows, events, outcomes, losses }: BatchContents): void {
    if (windows.length + events.length + outcomes.length > 0) this.#losses.restore(losses);
  }
}

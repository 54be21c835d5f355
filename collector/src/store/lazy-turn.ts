import type { Queryable, SqlValue } from './database.ts';

/** Takes a turn, holds it while what it is given runs, and ends the transaction as that ends. */
type TakeTurn = (hold: (tx: Queryable) => Promise<void>) => Promise<void>;

/** A transaction that takes its turn with its first statement. It is ended by `finish` or `giveUp`, once. */
export class LazyTurn implements Queryable {
  readonly #takeTurn: TakeTurn;
  readonly #work = Promise.withResolvers<void>();
  /** The transaction once its turn has come, and its end; absent before the first statement. */
  #turn: { readonly begun: Promise<Queryable>; readonly ended: Promise<void> } | undefined;

  constructor(takeTurn: TakeTurn) {
    this.#takeTurn = takeTurn;
    // Told to whoever took the turn; where nobody did it is nobody's failure.
    this.#work.promise.catch(() => undefined);
  }

  async query<Row extends object>(sql: string, values?: readonly SqlValue[]): Promise<Row[]> {
    return (await this.#begin()).query<Row>(sql, values);
  }

  /** Commits. @throws what the commit, or a turn that never came, threw. */
  async finish(): Promise<void> {
    this.#work.resolve();
    await this.#turn?.ended;
  }

  /** Rolls back because of `error`. */
  async giveUp(error: unknown): Promise<void> {
    this.#work.reject(error);
    await this.#turn?.ended.catch(() => undefined);
  }

  #begin(): Promise<Queryable> {
    if (this.#turn === undefined) {
      const { promise: begun, resolve, reject } = Promise.withResolvers<Queryable>();
      const ended = this.#takeTurn((tx) => {
        resolve(tx);
        return this.#work.promise;
      });
      // Where the turn never came every statement fails with the reason.
      ended.catch(reject);
      begun.catch(() => undefined);
      this.#turn = { begun, ended };
    }
    return this.#turn.begun;
  }
}

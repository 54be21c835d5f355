import type { Queryable, SqlValue } from './database.ts';

/** Whether what is asked waits until the session has begun, or follows at once: where whatever keeps it from beginning ends the session. */
export type Pace = 'once begun' | 'at once';

/**
 * A transaction of a session that nobody else uses. What is asked of it is handed to the session at once, in that order; but
 * nothing before the server has begun it, or it would be done outside, and nothing after a step that failed: it could only
 * fail as well, and does so with the reason of that.
 */
export class Transaction implements Queryable {
  readonly #session: Queryable;
  readonly #begun: Promise<unknown>;
  readonly #pace: Pace;
  #settled: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  /** @param begin how it begins: a statement such as `begin read only`, or what asks for it. */
  constructor(session: Queryable, begin: string | (() => Promise<unknown>) = 'begin', pace: Pace = 'once begun') {
    this.#session = session;
    this.#pace = pace;
    this.#begun = this.#step(() => (typeof begin === 'string' ? session.query(begin) : begin()));
    // Told by whatever is asked next, and by the commit.
    this.#begun.catch(() => undefined);
  }

  query<Row extends object>(sql: string, values?: readonly SqlValue[]): Promise<Row[]> {
    return this.#step(async () => {
      if (this.#pace === 'once begun') await this.#begun;
      // What comes late would be done outside, or in the transaction of another.
      if (this.#isOver) throw new Error('the transaction has ended');
      this.#failEarly();
      return this.#session.query<Row>(sql, values);
    });
  }

  /** Commits when all that was asked is done. @throws what failed first, also where whoever asked for it did not mind. */
  async commit(): Promise<void> {
    await this.end();
    await this.#session.query('commit');
  }

  /** Waits until all that was asked has ended, and takes no more. @throws what failed first. */
  async end(): Promise<void> {
    await this.settled();
    this.#failEarly();
  }

  /** The same, which answers what failed first. */
  async settled(): Promise<unknown> {
    await this.#settled;
    this.#isOver = true;
    return this.#failure?.error;
  }

  #step<T>(step: () => Promise<T>): Promise<T> {
    const ended = step().catch((error: unknown) => {
      this.#failure ??= { error };
      throw this.#failure.error;
    });
    this.#settled = Promise.allSettled([this.#settled, ended]);
    return ended;
  }

  #failEarly(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

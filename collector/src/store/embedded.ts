import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { CollectorError, messageOf } from '../errors.ts';
import type { Database, Queryable, SqlValue, TransactionOptions } from './database.ts';
import { EmbeddedEngine } from './embedded-engine.ts';
import { inEmbeddedTransaction } from './embedded-transaction.ts';
import { LazyTurn } from './lazy-turn.ts';
import { type DirectoryLock, lockDirectory } from './lock.ts';

/** Whether there is an embedded database in `directory`; what the engine writes first is not yet one. */
export function hasEmbeddedDatabase(directory: string): Promise<boolean> {
  return access(join(directory, 'pg', 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/**
 * PGlite (PostgreSQL in WebAssembly) in a worker thread, on a directory that is ours alone.
 * It has one session, so transactions take turns. It never calls fsync: what it has committed
 * survives the end of this process, also by kill -9, but not a power cut. An engine that ends of
 * itself fails what it had in hand, and the next turn starts another.
 */
export class EmbeddedDatabase implements Database {
  readonly kind = 'embedded';
  readonly #directory: string;
  readonly #lock: DirectoryLock;
  #engine: EmbeddedEngine;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(directory: string, lock: DirectoryLock, engine: EmbeddedEngine) {
    this.#directory = directory;
    this.#lock = lock;
    this.#engine = engine;
  }

  /**
   * Opens or creates the database in `directory`.
   * @throws {CollectorError} `DATA_DIRECTORY_LOCKED` or `DATA_DIRECTORY_INVALID`.
   */
  static async open(directory: string): Promise<EmbeddedDatabase> {
    const lock = await lockDirectory(directory);
    try {
      return new EmbeddedDatabase(directory, lock, await EmbeddedEngine.start(`${directory}/pg`));
    } catch (error) {
      await lock.release();
      throw new CollectorError(
        'DATA_DIRECTORY_INVALID',
        `cannot open the embedded database in ${directory}: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }

  query<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#inTurn((engine) => engine.query<Row>(sql, values));
  }

  /** `work` begins at once; its first statement waits for the turn, so what comes before that is done meanwhile. */
  async transaction<T>(
    work: (tx: Queryable) => Promise<T>,
    { keepPlans = false }: TransactionOptions = {},
  ): Promise<T> {
    const turn = new LazyTurn((hold) =>
      this.#inTurn((engine, onCommitting) => inEmbeddedTransaction(engine, hold, { keepPlans, onCommitting })),
    );
    let result: T;
    try {
      result = await work(turn);
    } catch (error) {
      await turn.giveUp(error);
      throw error;
    }
    await turn.finish();
    return result;
  }

  session<T>(work: (session: Queryable) => Promise<T>): Promise<T> {
    return this.#inTurn(work);
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      await this.#takeTurn(() => this.#engine.close());
      this.#isClosed = true;
    }
    await this.#lock.release();
  }

  /** `work` may give its turn back before it ends: when all that it asks of the engine is on its way. */
  #inTurn<T>(work: (engine: EmbeddedEngine, giveBack: () => void) => Promise<T>): Promise<T> {
    return this.#takeTurn(async (giveBack) => {
      if (this.#isClosed) throw new Error('the embedded database is closed');
      if (this.#engine.hasEnded) this.#engine = await EmbeddedEngine.start(`${this.#directory}/pg`);
      return work(this.#engine, giveBack);
    });
  }

  /** One session: whoever comes waits for the one before, whatever came of it. */
  #takeTurn<T>(work: (giveBack: () => void) => Promise<T>): Promise<T> {
    const { promise: over, resolve: giveBack } = Promise.withResolvers<void>();
    const ended = this.#turn.then(() => work(giveBack));
    this.#turn = Promise.race([over, ended.catch(() => undefined)]);
    return ended;
  }
}

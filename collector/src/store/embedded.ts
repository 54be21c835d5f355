import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CollectorError, messageOf } from '../errors.ts';
import type { Database, Queryable, SqlValue } from './database.ts';
import { type DirectoryLock, lockDirectory } from './lock.ts';

export type WorkerRequest = { readonly id: number } & (
  | { readonly kind: 'query'; readonly sql: string; readonly values: readonly SqlValue[] }
  | { readonly kind: 'close' }
);
/** Id 0 says that the engine is open. */
export type WorkerAnswer = {
  readonly id: number;
  readonly rows?: object[];
  readonly error?: { readonly message: string; readonly code?: string };
};

type Work = WorkerRequest extends infer R ? (R extends WorkerRequest ? Omit<R, 'id'> : never) : never;
type Waiter = { resolve(rows: object[]): void; reject(error: Error): void };

// URLs of workers are not rewritten by the compiler, so the name follows the file that asks.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './embedded-worker.ts' : './embedded-worker.js',
  import.meta.url,
);

/**
 * PGlite (PostgreSQL in WebAssembly) in a worker thread, on a directory that is ours alone.
 * It has one session, so transactions take turns. It never calls fsync: what it has committed
 * survives the end of this process, also by kill -9, but not a power cut.
 */
export class EmbeddedDatabase implements Database {
  readonly kind = 'embedded';
  readonly #worker: Worker;
  readonly #lock: DirectoryLock;
  readonly #waiting = new Map<number, Waiter>();
  #lastId = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #ended: Error | undefined;

  private constructor(worker: Worker, lock: DirectoryLock) {
    this.#worker = worker;
    this.#lock = lock;
    worker.on('message', (answer: WorkerAnswer) => this.#settle(answer));
    worker.on('error', (error) =>
      this.#end(new Error(`the embedded database stopped: ${messageOf(error)}`, { cause: error })),
    );
    worker.on('exit', () => this.#end(new Error('the embedded database is closed')));
  }

  /**
   * Opens or creates the database in `directory`.
   * @throws {CollectorError} `DATA_DIRECTORY_LOCKED` or `DATA_DIRECTORY_INVALID`.
   */
  static async open(directory: string): Promise<EmbeddedDatabase> {
    const lock = await lockDirectory(directory);
    try {
      const worker = new Worker(WORKER_URL, { workerData: { directory: `${directory}/pg` } });
      await once(worker, 'message');
      return new EmbeddedDatabase(worker, lock);
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
    return this.#inTurn(() => this.#ask<Row>({ kind: 'query', sql, values }));
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#ask({ kind: 'query', sql: 'begin', values: [] });
      try {
        const result = await work({ query: (sql, values = []) => this.#ask({ kind: 'query', sql, values }) });
        await this.#ask({ kind: 'query', sql: 'commit', values: [] });
        return result;
      } catch (error) {
        // Where the engine itself is gone there is nothing left to roll back, and the first error says why.
        await this.#ask({ kind: 'query', sql: 'rollback', values: [] }).catch(() => []);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    if (this.#ended === undefined) {
      await this.#inTurn(() => this.#ask({ kind: 'close' }));
      await this.#worker.terminate();
    }
    await this.#lock.release();
  }

  /** One session: whoever comes waits for the one before, whatever came of it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #ask<Row extends object>(work: Work): Promise<Row[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    return new Promise<Row[]>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (rows) => resolve(rows as Row[]), reject });
      this.#worker.postMessage({ id, ...work } satisfies WorkerRequest);
    });
  }

  #settle({ id, rows, error }: WorkerAnswer): void {
    const waiter = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error !== undefined) waiter?.reject(Object.assign(new Error(error.message), { code: error.code }));
    else waiter?.resolve(rows ?? []);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const waiter of this.#waiting.values()) waiter.reject(this.#ended);
    this.#waiting.clear();
  }
}

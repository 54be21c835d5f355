import { Worker } from 'node:worker_threads';
import { messageOf } from '../errors.ts';
import { type Queryable, type SqlValue, toText } from './database.ts';
import { engineCode } from './engine-code.ts';
import { isPackedRows, takeBack } from './packed-rows.ts';

export type WorkerRequest = { readonly id: number } & (
  | { readonly kind: 'query'; readonly sql: string; readonly values: readonly SqlValue[]; readonly keepPlan: boolean }
  | { readonly kind: 'begin' | 'commit' | 'rollback' | 'close' }
);
/** Id 0 says that the engine is open. */
export type WorkerAnswer = {
  readonly id: number;
  readonly rows?: object[];
  /** Memory of packed rows that were asked with, handed back. */
  readonly given?: readonly ArrayBuffer[];
  readonly error?: { readonly message: string; readonly code?: string };
};

/** What a thread is started with. */
export type EngineStart = { readonly directory: string; readonly code: object };

const OPENED = 0;

type Waiter = { resolve(rows: object[]): void; reject(error: Error): void };

// URLs of workers are not rewritten by the compiler, so the name follows the file that asks.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './embedded-worker.ts' : './embedded-worker.js',
  import.meta.url,
);

/** One life of the engine in its thread; one session. When the thread ends, every question to it fails. */
export class EmbeddedEngine {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiter>();
  #lastId = 0;
  #ended: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: WorkerAnswer) => this.#settle(answer));
    worker.on('error', (error) =>
      this.#end(new Error(`the embedded database stopped: ${messageOf(error)}`, { cause: error })),
    );
    worker.on('exit', () => this.#end(new Error('the embedded database has ended')));
  }

  /** Opens or creates the database in `directory`. @throws what the engine threw. */
  static async start(directory: string): Promise<EmbeddedEngine> {
    const started: EngineStart = { directory, code: await engineCode() };
    const worker = new Worker(WORKER_URL, { workerData: started });
    const engine = new EmbeddedEngine(worker);
    await engine.#answerTo(OPENED);
    return engine;
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  query<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#query(sql, values, false);
  }

  /** The same for statements that are asked again and again in the same words: those with one plan only are planned once. */
  get keepingPlans(): Queryable {
    return { query: (sql, values = []) => this.#query(sql, values, hasOnePlan(sql)) };
  }

  /** Begins a transaction, or ends the engine: what is asked behind it is done in the transaction or not at all. */
  async begin(): Promise<void> {
    await this.#ask((id) => ({ id, kind: 'begin' }));
  }

  /** Commits; whatever comes of it, no transaction is open afterwards, so that the next may be asked for before this is answered. */
  async commit(): Promise<void> {
    await this.#ask((id) => ({ id, kind: 'commit' }));
  }

  /** Rolls back, or ends the engine. */
  async rollback(): Promise<void> {
    await this.#ask((id) => ({ id, kind: 'rollback' }));
  }

  #query<Row extends object>(sql: string, values: readonly SqlValue[], keepPlan: boolean): Promise<Row[]> {
    const storable = values.map((value) => (typeof value === 'string' ? toText(value) : value));
    // Packed rows are handed over, not copied: with them the thread gets all of the memory in which they stand.
    const given = values.filter(isPackedRows).map(({ bytes }) => bytes.buffer as ArrayBuffer);
    return this.#ask((id) => ({ id, kind: 'query', sql, values: storable, keepPlan }), given);
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    await this.#ask((id) => ({ id, kind: 'close' }));
    await this.#worker.terminate();
  }

  #ask<Row extends object>(request: (id: number) => WorkerRequest, given: ArrayBuffer[] = []): Promise<Row[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    const answer = this.#answerTo<Row>(id);
    this.#worker.postMessage(request(id), given);
    return answer;
  }

  #answerTo<Row extends object>(id: number): Promise<Row[]> {
    return new Promise<Row[]>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (rows) => resolve(rows as Row[]), reject });
    });
  }

  #settle({ id, rows, given = [], error }: WorkerAnswer): void {
    for (const memory of given) takeBack(memory);
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

/**
 * Whether there is one way only to run a statement: rows that were handed over are put in. What searches or joins tables is planned
 * anew every time, since nobody analyses the tables of an embedded database: a plan made while they were small stays, and reading
 * back 40 parts of 200 000 rows by it took 18 s instead of 11 ms.
 */
function hasOnePlan(sql: string): boolean {
  return /^(with written as \(\s*)?insert\b/.test(sql) && !/\bjoin\b/.test(sql);
}

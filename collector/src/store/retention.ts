import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from './database.ts';
import { LEVELS } from './levels.ts';
import { observeUpkeep, type UpkeepObserver } from './upkeep-observer.ts';

/** Rows in one statement, so that a long clean-up never holds a lock for long. */
const SLICE = 10_000;
/** Batch ids are kept for longer than a batch is taken after it was sealed (`MAX_SEALED_MS`), be it out of a spool. */
const BATCH_ID_HOURS = 16 * 24;

const EVERY_MS = 3_600_000;

/** Deletes what is past its retention, once an hour. */
export class Retention {
  readonly #database: Database;
  readonly #oldest: () => number;
  readonly #log: Logger;
  readonly #observer: UpkeepObserver | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(database: Database, oldest: () => number, log: Logger, observer?: UpkeepObserver) {
    this.#database = database;
    this.#oldest = oldest;
    this.#log = log;
    this.#observer = observer;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running = this.#run();
    }, EVERY_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      const oldest = this.#oldest();
      if (oldest === -Infinity) return;
      const work = () => deleteExpired(this.#database, oldest);
      const deleted = await observeUpkeep(this.#observer, 'retention', work, (rows) => rows);
      if (deleted > 0) this.#log.info({ deleted }, 'deleted what is past its retention');
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'retention failed; it will be tried again in an hour');
    }
  }
}

/**
 * Deletes windows, events, outcomes and scores from before `oldest` (ms, event time) and batch ids that no agent will send again.
 * @returns rows deleted.
 */
export async function deleteExpired(database: Database, oldest: number): Promise<number> {
  let deleted = 0;
  for (const { summaries, traffic } of LEVELS) {
    for (const table of [summaries, traffic]) {
      deleted += await deleteSlices(database, table, 'window_start < $1', new Date(oldest));
    }
  }
  deleted += await deleteSlices(database, 'score', 'tick < $1', new Date(oldest));
  for (const table of ['event', 'outcome']) deleted += await deleteSlices(database, table, 'at < $1', new Date(oldest));
  const batchesBefore = new Date(Date.now() - BATCH_ID_HOURS * 3_600_000);
  return deleted + (await deleteSlices(database, 'ingest_batch', 'received_at < $1', batchesBefore));
}

async function deleteSlices(database: Database, table: string, where: string, before: Date): Promise<number> {
  let deleted = 0;
  for (;;) {
    const rows = await database.query<{ n: number }>(
      // The condition stands outside too: in a partitioned table each partition has a row with that ctid.
      `with gone as (delete from ${table} where ${where} and ctid = any(array(select ctid from ${table} where ${where} limit ${SLICE})) returning 1)
       select count(*) as n from gone`,
      [before],
    );
    const n = rows[0]?.n ?? 0;
    deleted += n;
    if (n < SLICE) return deleted;
  }
}

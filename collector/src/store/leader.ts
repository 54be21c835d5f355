import { setTimeout } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database, Queryable } from './database.ts';

/** Any number that is ours: who holds this lock does what only one collector may do. */
const LOCK_KEY = 7_411_003;
/** How soon after the end of a leader another one takes its place, ms. */
const EVERY_MS = 1_000;

/** What only one collector of a database may do, one duty after the other. */
export type Duty = {
  readonly name: string;
  readonly everyMs: number;
  /**
   * Does one step of what is due, on the leader's session. @returns whether there is more to do at once. What it throws is
   * logged, and it is tried again after `everyMs`.
   */
  step(session: Queryable): Promise<boolean>;
};

type Step = (session: Queryable) => Promise<boolean>;

type LeaderOptions = {
  readonly database: Database;
  readonly duties: readonly Duty[];
  /** Tells the time by which duties are due, ms; it never goes back. */
  readonly monotonicNow: () => number;
  readonly log: Logger;
};

/**
 * Does the duties while this collector is the leader. The leader is who holds an advisory lock, and it does everything on
 * the session that holds it: when that session ends, so do its transactions, and never do two leaders write.
 */
export class Leader {
  readonly #options: LeaderOptions;
  readonly #lastRun = new Map<Duty, number>();
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #isLeading = false;

  constructor(options: LeaderOptions) {
    this.#options = options;
  }

  /** Whether this collector does the duties now. */
  get isLeading(): boolean {
    return this.#isLeading;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Finishes the step under way and lets another collector lead. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { database, log } = this.#options;
    let failure: string | null = null;
    while (!this.#isStopping()) {
      try {
        // The embedded database has one session and one collector: it is lent for a step at a time.
        if (database.kind === 'embedded') await this.#round((step) => database.session(step));
        else await database.session((session) => this.#lead(session));
        failure = null;
      } catch (error) {
        if (messageOf(error) !== failure) log.warn({ reason: messageOf(error) }, 'lost the session of the leader');
        failure = messageOf(error);
      }
      this.#isLeading = false;
      await this.#pause();
    }
  }

  async #lead(session: Queryable): Promise<void> {
    while (!(await tryLock(session))) {
      if (this.#isStopping()) return;
      await this.#pause();
    }
    if (this.#isStopping()) return;
    this.#options.log.info('leading: roll-ups and retention are done here');
    while (!this.#isStopping()) {
      await this.#round((step) => step(session));
      await this.#pause();
    }
  }

  async #round(onSession: (step: Step) => Promise<boolean>): Promise<void> {
    this.#isLeading = true;
    for (const duty of this.#options.duties) {
      const now = this.#options.monotonicNow();
      if (now - (this.#lastRun.get(duty) ?? -Infinity) < duty.everyMs) continue;
      this.#lastRun.set(duty, now);
      try {
        let hasMore = true;
        while (hasMore && !this.#isStopping()) hasMore = await onSession((session) => duty.step(session));
      } catch (error) {
        this.#options.log.warn({ duty: duty.name, reason: messageOf(error) }, 'a duty failed; it will be tried again');
      }
    }
    // A session that has ended says so here, whatever a duty made of it.
    await onSession(async (session) => (await session.query('select 1')).length > 0);
  }

  #isStopping(): boolean {
    return this.#abort.signal.aborted;
  }

  async #pause(): Promise<void> {
    await setTimeout(EVERY_MS, undefined, { signal: this.#abort.signal, ref: false }).catch(() => undefined);
  }
}

async function tryLock(session: Queryable): Promise<boolean> {
  const rows = await session.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LOCK_KEY]);
  return rows[0]?.got === true;
}

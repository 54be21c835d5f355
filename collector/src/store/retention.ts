import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { deletionBounds, type KeptFor, longest } from '../kept-for.ts';
import type { Logger } from '../log.ts';
import { planCleanUps } from './clean-ups.ts';
import type { Queryable } from './database.ts';
import { type CleanUp, isLockTimeout } from './delete-rows.ts';
import { planHousekeeping } from './housekeeping.ts';
import type { Duty } from './leader.ts';
import { listVersionsKept } from './project-retention.ts';
import { retentionRules } from './retention-rules.ts';
import { oldestPendingDay } from './rollup-marks.ts';
import { observeUpkeep, type UpkeepObserver } from './upkeep-observer.ts';

/** How often what is past its retention is looked for. */
const ROUND_MS = 3_600_000;
/** So long at a time, then other duties have their turn. */
const TURN_MS = 2_000;

type RetentionOptions = {
  /** What the collector keeps for how long, where a project does not say otherwise. */
  readonly keptFor: KeptFor;
  /** Tells the time of the data. */
  readonly clock: Clock;
  readonly wallClock: Clock;
  /** Tells the time by which rounds are due, ms; it never goes back. */
  readonly monotonicNow: () => number;
  readonly log: Logger;
  readonly observer?: UpkeepObserver;
};

/** Deletes what is past its retention: once an hour, slice by slice, in turn with the leader's other duties. */
export class Retention implements Duty {
  readonly name = 'retention';
  readonly everyMs = 1_000;
  readonly #options: RetentionOptions;
  #roundAt = -Infinity;
  #turnAt: number | null = null;
  #left: CleanUp[] = [];
  #deleted = { rows: 0, chunks: 0 };

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  async step(session: Queryable): Promise<boolean> {
    const now = this.#options.monotonicNow();
    const [cleanUp] = this.#left;
    if (cleanUp !== undefined) await this.#clean(session, cleanUp);
    else if (now - this.#roundAt >= ROUND_MS) {
      this.#roundAt = now;
      this.#left = await observeUpkeep(
        this.#options.observer,
        'retention',
        () => this.#plan(session),
        () => null,
      );
    }
    this.#turnAt ??= now;
    const goesOn = this.#left.length > 0 && now - this.#turnAt < TURN_MS;
    if (!goesOn) this.#turnAt = null;
    return goesOn;
  }

  async #plan(session: Queryable): Promise<CleanUp[]> {
    const { keptFor, clock, wallClock } = this.#options;
    const now = clock.now();
    // Without data there is no time of the data yet.
    if (now === -Infinity) return [];
    const versions = await listVersionsKept(session, keptFor);
    const ofData = await planCleanUps(session, retentionRules(keptFor, versions, now), await oldestPendingDay(session));
    const wallNow = wallClock.now();
    const kept = longest([keptFor, ...versions.map((group) => group.keptFor)]);
    return [...ofData, ...planHousekeeping(deletionBounds(kept, wallNow).hours, wallNow)];
  }

  async #clean(session: Queryable, cleanUp: CleanUp): Promise<void> {
    const { log, observer } = this.#options;
    try {
      const work = () => cleanUp(session);
      const { rows, chunks, more } = await observeUpkeep(observer, 'retention', work, (step) => step.rows);
      this.#deleted = { rows: this.#deleted.rows + rows, chunks: this.#deleted.chunks + chunks };
      if (more) return;
    } catch (error) {
      if (!isLockTimeout(error)) {
        // Whatever is wrong with the store, the next round begins anew.
        this.#left = [];
        throw error;
      }
      log.warn({ reason: messageOf(error) }, 'others hold what is to be deleted; it will be tried again in an hour');
    }
    this.#left.shift();
    if (this.#left.length > 0) return;
    if (this.#deleted.rows + this.#deleted.chunks > 0) log.info(this.#deleted, 'deleted what is past its retention');
    this.#deleted = { rows: 0, chunks: 0 };
  }
}

import { LIMITS } from '@tidemark/proto';
import type { InferenceEvent, OutcomeRecord } from '../events/event.ts';
import { shielded } from '../shield.ts';
import type { Owner } from './delta.ts';
import { encodeEvent, encodeOutcome } from './encode-extra.ts';
import { type Extra, ExtraQueue } from './extra-queue.ts';

/** What the exporter carries beside windows. */
export type ExtraKind = 'event' | 'outcome';

/** Told of each event or outcome that is given up before it was sealed. */
export type ExtraDropped = (kind: ExtraKind, owner: Owner) => void;

/** Encoded extras of one batch, in order. */
export type TakenExtras = { readonly events: readonly Extra[]; readonly outcomes: readonly Extra[] };

/**
 * Events and outcomes that wait. Each kind has a budget of its own. An event is a sample: the oldest makes room for
 * the newest. An outcome is given once and by name: when there is no room, the new one is refused.
 */
export class Extras {
  readonly events: ExtraQueue;
  readonly outcomes: ExtraQueue;
  readonly #dropped: ExtraDropped;

  /** @param maxBytes of each kind. */
  constructor(maxBytes: number, dropped: ExtraDropped) {
    this.events = new ExtraQueue(maxBytes);
    this.outcomes = new ExtraQueue(maxBytes);
    this.#dropped = dropped;
  }

  get bytes(): number {
    return this.events.bytes + this.outcomes.bytes;
  }

  get oldestTicket(): number {
    return Math.min(this.events.oldestTicket, this.outcomes.oldestTicket);
  }

  pushEvents(events: readonly InferenceEvent<Owner>[], ticket: number): void {
    for (const event of events) {
      const bytes = encodeEventSafely(event);
      if (bytes === undefined || bytes.length > LIMITS.targetBytes) {
        this.#dropped('event', event.version);
        continue;
      }
      while (!this.events.hasRoomFor(bytes.length) && this.dropEvent()) {
        // The oldest go until it fits.
      }
      if (this.events.hasRoomFor(bytes.length)) this.events.push({ owner: event.version, bytes, ticket });
      else this.#dropped('event', event.version);
    }
  }

  pushOutcomes(outcomes: readonly OutcomeRecord<Owner>[], ticket: number): void {
    for (const outcome of outcomes) {
      const bytes = encodeOutcomeSafely(outcome);
      const fits = bytes !== undefined && bytes.length <= LIMITS.targetBytes && this.outcomes.hasRoomFor(bytes.length);
      if (fits) this.outcomes.push({ owner: outcome.version, bytes, ticket });
      else this.#dropped('outcome', outcome.version);
    }
  }

  /** Gives up the oldest event; false when there is none. */
  dropEvent(): boolean {
    const oldest = this.events.shift();
    if (oldest !== undefined) this.#dropped('event', oldest.owner);
    return oldest !== undefined;
  }

  /**
   * Takes the oldest of each kind, outcomes first, while `fits` says yes; it is asked once for each, in order. No more of
   * a kind than a batch may hold.
   */
  take(fits: (extra: Extra) => boolean): TakenExtras {
    return { outcomes: takeFrom(this.outcomes, fits), events: takeFrom(this.events, fits) };
  }

  /** Gives everything up. */
  clear(): void {
    while (this.dropEvent()) {
      // One by one, each counted.
    }
    for (let next = this.outcomes.shift(); next !== undefined; next = this.outcomes.shift()) {
      this.#dropped('outcome', next.owner);
    }
  }
}

function takeFrom(queue: ExtraQueue, fits: (extra: Extra) => boolean): Extra[] {
  const taken: Extra[] = [];
  for (
    let next = queue.peek();
    next !== undefined && taken.length < LIMITS.maxEvents && fits(next);
    next = queue.peek()
  ) {
    taken.push(next);
    queue.shift();
  }
  return taken;
}

const ignore = () => {};
const encodeEventSafely = shielded(encodeEvent, ignore);
const encodeOutcomeSafely = shielded(encodeOutcome, ignore);

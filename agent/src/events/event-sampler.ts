import type { Losses, VersionName } from '../losses.ts';
import { isName } from '../names.ts';
import type { EventViolation, InferenceEvent, Stratum } from './event.ts';
import { type EventSettings, isShare } from './event-options.ts';
import { fitBudget } from './fit-budget.ts';
import { Privacy } from './privacy.ts';
import { readValues, type StageFields } from './read-values.ts';
import { Reservoir } from './reservoir.ts';
import { SlowGate } from './slow-gate.ts';
import { frameBytes, violationBytes } from './wire-size.ts';

/** What is known of an inference besides its fields; read only when it is kept. */
export type EventFacts = {
  /** Event time in milliseconds since the epoch. */
  readonly atMs: number;
  readonly latencyMs: number;
  readonly failed: boolean;
  readonly slice: string;
  readonly confidence: number | undefined;
  readonly violations: readonly EventViolation[] | undefined;
};

/** Names of an inference elsewhere; empty where it has none. */
export type EventIds = { readonly predictionId: string; readonly traceId: string; readonly spanId: string };

/** An event before it is known how many inferences it stands for, and its bytes on the wire at most. */
type Kept<V extends VersionName> = { readonly event: Omit<InferenceEvent<V>, 'weight'>; readonly bytes: number };

type Strata<V extends VersionName> = Readonly<Record<Stratum, Reservoir<Kept<V>>>> & {
  readonly gate: SlowGate;
  /** Drawn anew at every take: where bytes are short, the versions with the smallest go first. */
  turn: number;
};

/** In the order in which an inference is given to one, and in which they share what is left of the budget. */
const ORDER: readonly Stratum[] = ['error', 'violation', 'low-confidence', 'slow', 'sample'];

// No event is larger, so that one with long texts does not keep the others out.
const MAX_EVENT_BYTES = 16 * 1024;
const MAX_VIOLATIONS = 16;

/**
 * Keeps some inferences whole: of every model version and reason (stratum) a uniform sample of bounded size between
 * two takes, whatever the traffic. An inference belongs to the first stratum that applies: error, violation, low
 * confidence, slow, else the sample by chance. Holds at most five times `maxBytes`.
 */
export class EventSampler<V extends VersionName> {
  readonly #settings: EventSettings;
  readonly #losses: Losses<V>;
  readonly #random: () => number;
  readonly #privacy: Privacy;
  readonly #maxEventBytes: number;
  readonly #versions = new Map<V, Strata<V>>();
  #share: number;
  #lastVersion: V | undefined;
  #last: Strata<V> | undefined;

  /** @param random numbers in [0, 1). */
  constructor(settings: EventSettings, losses: Losses<V>, random: () => number) {
    this.#settings = settings;
    this.#losses = losses;
    this.#random = random;
    this.#share = settings.share;
    this.#privacy = new Privacy(settings.privacy);
    this.#maxEventBytes = Math.min(MAX_EVENT_BYTES, Math.floor(settings.maxBytes / ORDER.length));
  }

  /** Rules of what may leave; the same decide about categories in summaries. */
  get privacy(): Privacy {
    return this.#privacy;
  }

  /**
   * Which stratum wants this inference now; undefined = not picked. Every inference is to be asked about once, when it has ended;
   * for one that is picked `keep` follows before the next is asked about. Allocates nothing.
   * @param latencyMs a latency that is no number is never slow.
   */
  pick(
    version: V,
    latencyMs: number,
    failed: boolean,
    confidence: number | undefined,
    violated: boolean,
  ): Stratum | undefined {
    const strata = version === this.#lastVersion && this.#last !== undefined ? this.#last : this.#strataOf(version);
    if (failed) return strata.error.offer() ? 'error' : undefined;
    // Asked of every call that worked, since the gate learns from all of them.
    const slow = strata.gate.isSlow(latencyMs);
    if (violated) return strata.violation.offer() ? 'violation' : undefined;
    if (confidence !== undefined && confidence < this.#settings.lowConfidence)
      return strata['low-confidence'].offer() ? 'low-confidence' : undefined;
    if (slow) return strata.slow.offer() ? 'slow' : undefined;
    return strata.sample.offer() ? 'sample' : undefined;
  }

  /** Keeps what was picked. The fields are read and made private here and now. Never throws. */
  keep(version: V, stratum: Stratum, facts: EventFacts, fields: StageFields, ids: EventIds): void {
    try {
      this.#put(version, stratum, facts, fields, ids);
    } catch {
      // The caller's objects are read behind a shield of their own; this is about ours.
      this.#losses.add(version, 'capture-failed');
    }
  }

  /**
   * What was kept since the last take, within the byte budget; starts a new interval. Of every version and stratum, the
   * weights add up to the inferences it stands for. What does not fit is the loss `event-budget`.
   */
  take(): InferenceEvent<V>[] {
    const owners = [...this.#versions].sort(([, a], [, b]) => a.turn - b.turn);
    const groups = ORDER.map((stratum) => owners.map(([version, strata]) => ({ version, ...strata[stratum].drain() })));
    const sizes = groups.map((lines) => lines.map(({ items }) => items.map(({ bytes }) => bytes)));
    const fits = fitBudget(sizes, this.#settings.maxBytes);
    for (const [, strata] of owners) strata.turn = this.#random();
    return groups.flatMap((lines, group) =>
      lines.flatMap(({ version, items, seen, evicted }, line) => {
        const count = fits[group]?.[line] ?? 0;
        this.#losses.add(version, 'event-budget', evicted + items.length - count);
        return items.slice(0, count).map(({ event }) => ({ ...event, weight: Math.max(1, seen / count) }));
      }),
    );
  }

  /**
   * Share of ordinary inferences from now on, of all versions or of one; anything but a number from 0 to 1 means the
   * share of the options again.
   */
  setShare(share: number | undefined, version?: V): void {
    const next = isShare(share) ? share : this.#settings.share;
    if (version !== undefined) {
      this.#strataOf(version).sample.setShare(next);
      return;
    }
    this.#share = next;
    for (const { sample } of this.#versions.values()) sample.setShare(next);
  }

  #strataOf(version: V): Strata<V> {
    let strata = this.#versions.get(version);
    if (strata === undefined) {
      const { perInterval, slow } = this.#settings;
      const reservoir = (share: number) => new Reservoir<Kept<V>>(perInterval, share, this.#random);
      strata = {
        error: reservoir(1),
        violation: reservoir(1),
        'low-confidence': reservoir(1),
        slow: reservoir(1),
        sample: reservoir(this.#share),
        gate: new SlowGate(slow, this.#random),
        turn: this.#random(),
      };
      this.#versions.set(version, strata);
    }
    this.#lastVersion = version;
    this.#last = strata;
    return strata;
  }

  #put(version: V, stratum: Stratum, facts: EventFacts, fields: StageFields, ids: EventIds): void {
    const { latencyMs, failed, slice } = facts;
    const atMs = Math.floor(facts.atMs);
    const predictionId = isName(ids.predictionId) ? ids.predictionId : '';
    const { traceId, spanId } = ids;
    let bytes = frameBytes(version.model, version.version, predictionId, slice, traceId, spanId);
    const violations: EventViolation[] = [];
    for (const { check, stage, field, action } of facts.violations ?? []) {
      const violation = { check, stage, field, action };
      const more = violationBytes(violation);
      if (violations.length === MAX_VIOLATIONS || bytes + more > this.#maxEventBytes) break;
      violations.push(violation);
      bytes += more;
    }
    const read = readValues(this.#privacy, fields, this.#maxEventBytes - bytes);
    if (read.failed) this.#losses.add(version, 'event-field-failed');
    if (read.omitted) this.#losses.add(version, 'event-field-omitted');
    const { values } = read;
    const event = {
      version,
      predictionId,
      atMs,
      stratum,
      slice,
      latencyMs,
      failed,
      values,
      violations,
      traceId,
      spanId,
    };
    this.#strataOf(version)[stratum].put({ event, bytes: bytes + read.bytes });
    this.#makeRoom(stratum);
  }

  /** More of a stratum than the whole budget could not be sent anyway: the version that holds most events gives one up. */
  #makeRoom(stratum: Stratum): void {
    const all = [...this.#versions.values()];
    let bytes = all.reduce((sum, strata) => sum + strata[stratum].bytes, 0);
    while (bytes > this.#settings.maxBytes) {
      const { [stratum]: most } = all.reduce((a, b) => (isBehind(a, b, stratum) ? a : b));
      bytes -= most.bytes;
      most.evict();
      bytes += most.bytes;
    }
  }
}

/** Whether `a` has to give up an event before `b`. */
function isBehind<V extends VersionName>(a: Strata<V>, b: Strata<V>, stratum: Stratum): boolean {
  const more = a[stratum].size - b[stratum].size;
  return more > 0 || (more === 0 && a.turn > b.turn);
}

import { monotonicMs } from '../clock.ts';
import type { PartLossReason } from '../losses.ts';
import { hush } from '../shield.ts';
import { agree, differenceOf, snapshotOf } from './agreement.ts';
import type { Callable } from './call.ts';
import { challengerArguments } from './challenger-arguments.ts';
import type { ShadowSettings } from './shadow-options.ts';
import type { Comparison } from './shadow-series.ts';
import type { ShareChoice } from './share-choice.ts';
import type { WrapOptions } from './wrap-options.ts';

/** Runs that took too long and have still not ended; beyond, nothing is shadowed until some do. */
export const MAX_STUCK = 64;

/** Time, chance and turns of the event loop, so that tests need not wait. */
export type ShadowParts = {
  /** Milliseconds of a clock that does not jump. */
  readonly now: () => number;
  readonly random: () => number;
  /** Runs something once the caller has had its turn. */
  readonly later: (run: () => void) => void;
};

/** Those of this process. */
export const HOST: ShadowParts = {
  now: () => monotonicMs(),
  random: Math.random,
  later: (run) => void setImmediate(run),
};

/** A call of the champion that has been answered: with what, how long it took and when it was. */
export type Answered = {
  readonly args: readonly unknown[];
  readonly result: unknown;
  readonly latencyMs: number;
  readonly atMs: number;
};

type Run = { readonly startedMs: number; open: boolean };

/** What a runner works with. */
export type RunnerParts = {
  /** The challenger, watched. */
  readonly challenger: Callable;
  readonly settings: ShadowSettings;
  /** What is compared of a result; without it the result. Each side has its own. */
  readonly predictions: readonly [champion: Extract | undefined, challenger: Extract | undefined];
  readonly choice: ShareChoice;
  readonly record: (atMs: number, comparison: Comparison) => void;
  readonly lose: (reason: PartLossReason & `shadow-${string}`) => void;
  readonly stopped: () => boolean;
  readonly host: Pick<ShadowParts, 'now' | 'later'>;
};

type Extract = NonNullable<WrapOptions['prediction']>;

/** Runs a challenger on the arguments of a champion's calls, after those have been answered. None of its methods throws. */
export class ShadowRunner {
  readonly #parts: RunnerParts;
  readonly #underWay = new Set<Run>();
  #stuck = 0;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** The challenger's arguments for a call that is about to be made; undefined where the call is not shadowed. */
  choose(args: readonly unknown[]): readonly unknown[] | undefined {
    const { choice, settings, lose, stopped } = this.#parts;
    if (stopped() || !choice.chosen(args) || !this.#hasRoom()) return undefined;
    try {
      return challengerArguments(args, settings.copy);
    } catch {
      // What cannot be copied cannot be run beside; the champion has it for itself.
      lose('shadow-failed');
      return undefined;
    }
  }

  /** Runs the challenger when its turn comes; `call.args` are those that `choose` gave. */
  run(call: Answered, championArgs: readonly unknown[]): void {
    if (isStream(call.result)) {
      this.#parts.lose('shadow-skipped');
      return;
    }
    if (!this.#hasRoom()) return;
    const champion = this.#predictionOf(0, call.result, championArgs);
    if (champion === undefined) {
      this.#parts.lose('shadow-failed');
      return;
    }
    const run: Run = { startedMs: this.#parts.host.now(), open: true };
    this.#underWay.add(run);
    this.#parts.host.later(() => void this.#challenge(call, champion.value, run));
  }

  async #challenge(call: Answered, champion: unknown, run: Run): Promise<void> {
    const { challenger, host, lose } = this.#parts;
    if (!run.open) {
      // Its turn came so late that it is given up and counted already.
      this.#stuck--;
      return;
    }
    const startedMs = host.now();
    let result: unknown;
    try {
      result = Reflect.apply(challenger, undefined, call.args);
      if (isThenable(result)) result = await result;
    } catch {
      // The challenger's own failure: its version has counted it as an error, and here there is nothing to compare.
      if (this.#ended(run)) lose('shadow-failed');
      return;
    }
    const challengerMs = host.now() - startedMs;
    if (!this.#ended(run)) return;
    if (isStream(result)) lose('shadow-skipped');
    else if (!this.#compared(call, champion, result, challengerMs)) lose('shadow-failed');
  }

  /** Compares and records; false where that was not possible. */
  #compared({ args, latencyMs, atMs }: Answered, champion: unknown, result: unknown, challengerMs: number): boolean {
    const own = this.#predictionOf(1, result, args);
    if (own === undefined) return false;
    try {
      const agrees = this.#agree(champion, own.value);
      if (agrees === undefined) return false;
      const latencyRatio = latencyMs > 0 ? challengerMs / latencyMs : undefined;
      this.#parts.record(atMs, { disagrees: !agrees, difference: differenceOf(champion, own.value), latencyRatio });
      return true;
    } catch {
      // The caller's own comparison threw, or an answer that cannot be looked at.
      return false;
    }
  }

  /** Takes a run out of those under way; false where it had taken too long and is counted already. */
  #ended(run: Run): boolean {
    this.#letGo();
    if (!run.open) {
      this.#stuck--;
      return false;
    }
    run.open = false;
    return this.#underWay.delete(run);
  }

  /** Looks for a free place, and counts a call that finds none. */
  #hasRoom(): boolean {
    this.#letGo();
    const { settings, lose } = this.#parts;
    if (this.#underWay.size < settings.maxConcurrent && this.#stuck < MAX_STUCK) return true;
    lose('shadow-skipped');
    return false;
  }

  /** Gives up runs that have taken too long. Looked at when there is another call: no timer is needed for it. */
  #letGo(): void {
    const { settings, host, lose } = this.#parts;
    const now = host.now();
    for (const run of this.#underWay) {
      if (now - run.startedMs <= settings.timeoutMs) continue;
      run.open = false;
      this.#underWay.delete(run);
      this.#stuck++;
      lose('shadow-failed');
    }
  }

  #predictionOf(side: 0 | 1, result: unknown, args: readonly unknown[]): { readonly value: unknown } | undefined {
    const extract = this.#parts.predictions[side];
    try {
      const value: unknown = extract === undefined ? result : Reflect.apply(extract, undefined, [result, ...args]);
      const snapshot = snapshotOf(value);
      // Promises of an extractor's own are nobody's; those of a result are its caller's.
      if (extract !== undefined) for (const one of [value, ...valuesOf(snapshot)]) hush(one);
      return { value: snapshot };
    } catch {
      // The caller's own extractor, or an answer that cannot be looked at.
      return undefined;
    }
  }

  /** Undefined where the answers cannot be compared. May throw. */
  #agree(champion: unknown, challenger: unknown): boolean | undefined {
    const { compare, tolerance } = this.#parts.settings;
    if (compare === undefined) return agree(champion, challenger, tolerance);
    const answer: unknown = compare(champion as never, challenger as never);
    hush(answer);
    return typeof answer === 'boolean' ? answer : undefined;
  }
}

/** What a snapshot holds, without the places of a long list that are empty. */
function valuesOf(snapshot: unknown): readonly unknown[] {
  return typeof snapshot === 'object' && snapshot !== null ? Object.values(snapshot) : [];
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Whether an answer comes piece by piece, and would be used up by whoever looks at it. */
function isStream(value: unknown): boolean {
  try {
    return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
  } catch {
    // A proxy of the caller's: it will not be comparable either.
    return false;
  }
}

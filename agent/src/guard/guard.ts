import { types } from 'node:util';
import type { SetDeadline } from '../deadline.ts';
import type { PartLossReason } from '../losses.ts';
import type { FieldBounds } from '../settings.ts';
import { hush, shielded } from '../shield.ts';
import { type Answers, CustomChecks } from './custom-checks.ts';
import { isBound, ruleOfFloor, rulesOfBounds } from './field-bounds.ts';
import type { GuardStage } from './field-rule.ts';
import type { CustomRule, GuardReads, GuardSettings } from './guard-settings.ts';
import type { PendingChecks } from './pending-checks.ts';
import { TidemarkRejection } from './rejection.ts';
import { type CheckManner, StageCheck } from './stage-check.ts';
import { planStage, type RuleOfField } from './stage-plan.ts';
import type { Findings, Verdict } from './verdict.ts';
import { noteVerdict } from './verdict-notes.ts';

export type { Verdict, Violation } from './verdict.ts';

/** What a guard is given by what watches the calls. */
export type GuardParts = {
  /** Stages that have an extractor; rules of others are left out. */
  readonly reads: GuardReads;
  /** Told of inferences a check could not be made for. */
  readonly lose: (reason: PartLossReason & `check-${string}`) => void;
  /** For checks that answer by a promise. */
  readonly setDeadline: SetDeadline;
  /** False keeps to interpreted checks. */
  readonly mayCompile?: boolean;
};

// Null-prototype, so that nothing can be read from it.
const NOTHING: object = Object.freeze(Object.create(null));

/** Checks calls of one wrapped function. None of its methods throws. */
export class Guard {
  readonly #settings: GuardSettings;
  readonly #parts: GuardParts;
  readonly #manner: CheckManner;
  readonly #custom: CustomChecks;
  readonly #customBefore: readonly CustomRule[];
  readonly #customAfter: readonly CustomRule[];
  readonly #onVerdict: (verdict: Verdict, args: readonly unknown[]) => void;
  #stages: Partial<Record<GuardStage, StageCheck>> = {};
  #pending: PendingChecks | undefined;
  #lastMs = 0;
  /** Whether a verdict may put something in the place of a result. Fixed, whatever bounds are pushed later. */
  readonly replaces: boolean;

  constructor(settings: GuardSettings, parts: GuardParts) {
    const { failsClosed, showValues, custom, onVerdict } = settings;
    const lose = () => parts.lose('check-failed');
    this.#settings = settings;
    this.#parts = parts;
    this.#manner = { failsClosed, showValues, lose };
    this.#custom = new CustomChecks({ failsClosed, lose, setDeadline: parts.setDeadline });
    this.#customBefore = custom.filter(({ before }) => before !== undefined);
    this.#customAfter = custom.filter(({ after }) => after !== undefined);
    this.#onVerdict = shielded(
      (verdict, args) => hush(onVerdict?.(verdict, args)),
      () => {},
    );
    this.replaces = mayReplace(settings, parts.reads);
    this.#plan([], undefined);
  }

  /** Whether there is anything to check before a call, with the bounds as they are now. */
  get checksBefore(): boolean {
    const { input, feature } = this.#stages;
    return this.#customBefore.length > 0 || input !== undefined || feature !== undefined;
  }

  /** Whether there is anything to check after a call. */
  get checksAfter(): boolean {
    const { prediction, confidence } = this.#stages;
    return this.#customAfter.length > 0 || prediction !== undefined || confidence !== undefined;
  }

  /** Milliseconds the last `before` or `after` took. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /**
   * Checks a call that is about to be made.
   * @param input values by name of the stage; undefined where they could not be read.
   * @returns undefined where nothing was found; then nothing was allocated, but for checks of the caller's own.
   */
  before(input: object | undefined, features: object | undefined, args: readonly unknown[]): Verdict | undefined {
    const startedMs = performance.now();
    const { input: ofInput, feature: ofFeatures } = this.#stages;
    let found: Findings | undefined;
    if (ofInput !== undefined) found = ofInput.check(input, found);
    if (ofFeatures !== undefined) found = ofFeatures.check(features, found);
    if (this.#customBefore.length > 0) {
      found = this.#took(this.#custom.ask(this.#customBefore, 'before', features ?? input ?? NOTHING, args, found));
    }
    return this.#concluded(found, startedMs, args);
  }

  /** Checks the answer of a call. Arguments and answer as `before`; `result` is what the function itself gave. */
  after(
    prediction: object | undefined,
    confidence: object | undefined,
    result: unknown,
    args: readonly unknown[],
  ): Verdict | undefined {
    const startedMs = performance.now();
    const { prediction: ofPrediction, confidence: ofConfidence } = this.#stages;
    let found: Findings | undefined;
    if (ofPrediction !== undefined) found = ofPrediction.check(prediction, found);
    if (ofConfidence !== undefined) found = ofConfidence.check(confidence, found);
    if (this.#customAfter.length > 0) {
      found = this.#took(this.#custom.ask(this.#customAfter, 'after', result, args, found));
    }
    return this.#concluded(found, startedMs, args);
  }

  /** The checks of the last `before` or `after` that have yet to answer; to be taken right after it. */
  takePending(): PendingChecks | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  /**
   * Puts what the collector has sent in the place of what it sent before, beside the options' own checks. A pushed floor
   * takes the place of the options' own. Nothing happens where the option `bounds` is off.
   */
  setBounds(bounds: readonly FieldBounds[], confidenceFloor?: number): void {
    if (this.#settings.boundsAction === undefined) return;
    this.#plan(bounds, confidenceFloor);
  }

  /**
   * What stands in the place of a call or of its result by a verdict; undefined where it only annotates. It throws the
   * rejection, or what the fallback throws, and so must be run outside of the shield.
   */
  instead(verdict: Verdict, args: readonly unknown[]): (() => unknown) | undefined {
    const { action } = verdict;
    if (action === 'annotate') return undefined;
    if (action === 'reject') {
      return () => {
        throw new TidemarkRejection(verdict);
      };
    }
    return () => {
      const result = this.#settings.fallback?.(args, verdict);
      noteVerdict(result, verdict);
      return types.isPromise(result) ? notedLater(result, verdict) : result;
    };
  }

  /** Tells the owner of a verdict that came by promise; those of `before` and `after` are told by themselves. */
  tell(verdict: Verdict, args: readonly unknown[]): void {
    this.#onVerdict(verdict, args);
  }

  /** Counts a promise that came to a function that had to answer at once. */
  lateCheck(): void {
    this.#parts.lose('check-late');
  }

  #took({ found, pending }: Answers): Findings | undefined {
    this.#pending = pending;
    return found;
  }

  #concluded(found: Findings | undefined, startedMs: number, args: readonly unknown[]): Verdict | undefined {
    this.#lastMs = performance.now() - startedMs;
    if (found === undefined) return undefined;
    const verdict = found.verdict(this.#lastMs);
    const pending = this.#pending;
    this.tell(verdict, args);
    // The owner may have made a guarded call from within.
    this.#pending = pending;
    return verdict;
  }

  #plan(bounds: readonly FieldBounds[], pushedFloor: number | undefined): void {
    const { rules, relations, boundsAction, confidence } = this.#settings;
    const { reads } = this.#parts;
    const all: RuleOfField[] = rules.filter(({ stage }) => reads[stage]);
    if (boundsAction !== undefined) all.push(...rulesOfBounds(bounds, reads, boundsAction));
    const floor = isBound(pushedFloor) ? pushedFloor : confidence?.floor;
    if (floor !== undefined && reads.confidence) {
      all.push(ruleOfFloor(floor, confidence?.field ?? 'value', confidence?.action ?? boundsAction ?? 'annotate'));
    }
    const stages: Partial<Record<GuardStage, StageCheck>> = {};
    for (const stage of ['input', 'feature', 'prediction', 'confidence'] as const) {
      const plan = reads[stage] ? planStage(stage, all, relations) : undefined;
      if (plan !== undefined) stages[stage] = new StageCheck(plan, this.#manner, this.#parts.mayCompile);
    }
    this.#stages = stages;
  }
}

/** What the caller has in the end is not the promise but what comes of it. */
async function notedLater(promise: Promise<unknown>, verdict: Verdict): Promise<unknown> {
  const result = await promise;
  noteVerdict(result, verdict);
  return result;
}

function mayReplace({ rules, relations, custom, confidence, boundsAction }: GuardSettings, reads: GuardReads): boolean {
  const after = [...rules.map(({ stage, rule }) => ({ stage, action: rule.action })), ...relations].filter(
    ({ stage }) => stage === 'prediction' && reads.prediction,
  );
  // A check before the call may answer by a promise, and then decides about the result.
  const actions = [...after, ...custom, ...(confidence === undefined ? [] : [confidence])].map(({ action }) => action);
  if (boundsAction !== undefined && (reads.prediction || reads.confidence)) actions.push(boundsAction);
  return actions.some((action) => action !== 'annotate');
}

import type { CustomRule } from './guard-settings.ts';
import { PendingChecks, type PendingManner } from './pending-checks.ts';
import { UNCHECKED } from './stage-check.ts';
import { Findings, type Violation } from './verdict.ts';

/** Promises of checks that one guard waits for at a time; what one more answers counts as a failed check. */
export const MAX_PENDING = 1_024;

// A violation has a stage that there is: that of what the check is given.
const STAGE = { before: 'feature', after: 'prediction' } as const;

/** What the caller's own checks say of one call: what is known, and what is still to come. */
export type Answers = { readonly found: Findings | undefined; readonly pending: PendingChecks | undefined };

/** Asks the caller's own checks. Never throws. */
export class CustomChecks {
  readonly #manner: PendingManner;
  #underWay = 0;

  constructor(manner: Omit<PendingManner, 'ended'>) {
    const ended = () => {
      this.#underWay--;
    };
    this.#manner = { ...manner, ended };
  }

  /**
   * Asks the checks of one side of a call, each of which is given `subject` (the fields, or the result) and the arguments.
   * @param found what is known already.
   */
  ask(
    rules: readonly CustomRule[],
    side: 'before' | 'after',
    subject: unknown,
    args: readonly unknown[],
    found: Findings | undefined,
  ): Answers {
    let all = found;
    let pending: PendingChecks | undefined;
    for (const rule of rules) {
      const holds = answerTo(rule, side, subject, args);
      if (holds === true) continue;
      if (holds === false) all = added(all, violationOf(rule, side, 'false'));
      else if (isThenable(holds) && this.#underWay < MAX_PENDING) {
        this.#underWay++;
        pending ??= new PendingChecks(this.#manner);
        pending.add(rule, STAGE[side], holds);
      } else {
        if (isThenable(holds)) dropped(holds);
        this.#manner.lose();
        if (this.#manner.failsClosed) all = added(all, violationOf(rule, side, UNCHECKED));
      }
    }
    return { found: all, pending };
  }
}

function answerTo(rule: CustomRule, side: 'before' | 'after', subject: unknown, args: readonly unknown[]): unknown {
  try {
    return side === 'before' ? rule.before?.(subject as object, args) : rule.after?.(subject, args);
  } catch {
    // The caller's own check threw: it was not made, which is counted.
    return undefined;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === 'function';
  } catch {
    return false;
  }
}

/** Takes a promise nobody waits for: a rejection of it would end the process. */
function dropped(answer: PromiseLike<unknown>): void {
  const wait = async () => void (await answer);
  wait().catch(() => {});
}

function violationOf({ name, action }: CustomRule, side: 'before' | 'after', got: string): Violation {
  return { check: 'custom', stage: STAGE[side], field: name, action, expected: 'true', got };
}

function added(found: Findings | undefined, violation: Violation): Findings {
  const all = found ?? new Findings();
  all.add(violation);
  return all;
}

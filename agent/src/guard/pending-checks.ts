import type { SetDeadline } from '../deadline.ts';
import type { CustomRule } from './guard-settings.ts';
import { UNCHECKED } from './stage-check.ts';
import { Findings, type Verdict, type Violation } from './verdict.ts';

/** How checks that answer by a promise are taken. */
export type PendingManner = {
  readonly failsClosed: boolean;
  readonly setDeadline: SetDeadline;
  /** Told of each check that threw, timed out or answered neither true nor false. */
  readonly lose: () => void;
  /** Told once of each check that has come to an end. */
  readonly ended: () => void;
};

type Waiting = { readonly violation: Promise<Violation | undefined>; readonly hold: () => void };

/** Checks of one call that run beside it and have answered by a promise. What they find is known when all have ended. */
export class PendingChecks {
  readonly #manner: PendingManner;
  readonly #startedMs = performance.now();
  readonly #waiting: Waiting[] = [];
  #decides = false;

  constructor(manner: PendingManner) {
    this.#manner = manner;
  }

  /** Whether one of them may put something in the place of the result: then its caller has to wait. */
  get decides(): boolean {
    return this.#decides;
  }

  /** Takes the promise a check has answered. Its time runs from now. */
  add(rule: CustomRule, stage: string, answer: PromiseLike<unknown>): void {
    if (rule.action !== 'annotate') this.#decides = true;
    let hold = () => {};
    const violation = new Promise<Violation | undefined>((resolve) => {
      let open = true;
      const end = (holds: unknown): void => {
        if (!open) return;
        open = false;
        deadline.cancel();
        this.#manner.ended();
        resolve(this.#judge(rule, stage, holds));
      };
      const deadline = this.#manner.setDeadline(rule.timeoutMs, () => end(undefined));
      hold = () => deadline.hold();
      answerOf(answer).then(end, () => end(undefined));
    });
    this.#waiting.push({ violation, hold });
  }

  /**
   * What they have found, once all have answered or run out of time; never rejects.
   * @param held whether a caller waits for it, so that the process has to stay for the deadline.
   */
  async verdict(held: boolean): Promise<Verdict | undefined> {
    if (held) for (const { hold } of this.#waiting) hold();
    const found = new Findings();
    for (const { violation } of this.#waiting) {
      const broken = await violation;
      if (broken !== undefined) found.add(broken);
    }
    return found.violations.length === 0 ? undefined : found.verdict(performance.now() - this.#startedMs);
  }

  #judge({ name, action }: CustomRule, stage: string, holds: unknown): Violation | undefined {
    if (holds === true) return undefined;
    const failed = holds !== false;
    if (failed) this.#manner.lose();
    if (failed && !this.#manner.failsClosed) return undefined;
    return { check: 'custom', stage, field: name, action, expected: 'true', got: failed ? UNCHECKED : 'false' };
  }
}

/** A promise of our own for what may be any thenable, and may throw when it is looked at. */
async function answerOf(answer: PromiseLike<unknown>): Promise<unknown> {
  return await answer;
}

import type { Guard } from './guard.ts';
import type { PendingChecks } from './pending-checks.ts';
import { annotated, joinVerdicts, type Verdict } from './verdict.ts';
import { noteVerdict } from './verdict-notes.ts';

/** A guarded call that has been answered. */
export type AnsweredCall = {
  readonly result: unknown;
  readonly args: readonly unknown[];
  /** Whether the function answered by a promise, so that its caller can be made to wait. */
  readonly promised: boolean;
  /** What `before` and `after` have found, joined. */
  readonly verdict: Verdict | undefined;
  /** What they left to wait for. */
  readonly pending: readonly PendingChecks[];
  /** Told once what was found in the end, so that it can be recorded; what it throws is dropped. */
  readonly told: (verdict: Verdict | undefined) => void;
};

/**
 * What the caller gets in the place of the result, undefined for the result itself. Promises of checks are waited for
 * only where the function answered by one and a check may decide; else they annotate when they come.
 */
export function concludeCall(guard: Guard, call: AnsweredCall): (() => unknown) | undefined {
  const { pending, promised } = call;
  if (pending.length === 0) return conclude(guard, call, call.verdict);
  const decides = pending.some((checks) => checks.decides);
  if (promised && decides) {
    return async () => {
      const verdict = await lateVerdict(guard, call, true);
      const instead = conclude(guard, call, joinVerdicts(call.verdict, verdict));
      return instead === undefined ? call.result : instead();
    };
  }
  if (decides) guard.lateCheck();
  void lateVerdict(guard, call, false).then((late) => {
    const verdict = joinVerdicts(call.verdict, late);
    told(call, verdict);
    if (verdict !== undefined) noteVerdict(call.result, verdict);
  });
  return act(guard, call, call.verdict);
}

function conclude(guard: Guard, call: AnsweredCall, verdict: Verdict | undefined): (() => unknown) | undefined {
  told(call, verdict);
  return act(guard, call, verdict);
}

/** Part of it runs where the caller waits, outside of every shield. */
function told(call: AnsweredCall, verdict: Verdict | undefined): void {
  try {
    call.told(verdict);
  } catch {
    // What cannot be recorded must not cost the caller the result.
  }
}

function act(guard: Guard, call: AnsweredCall, verdict: Verdict | undefined): (() => unknown) | undefined {
  const instead = verdict === undefined ? undefined : guard.instead(verdict, call.args);
  if (instead === undefined) noteVerdict(call.result, verdict);
  return instead;
}

/** What the promises have found; where nobody waits for it, it is no more than a note. Never rejects. */
async function lateVerdict(guard: Guard, call: AnsweredCall, decisive: boolean): Promise<Verdict | undefined> {
  const verdicts = await Promise.all(call.pending.map((checks) => checks.verdict(decisive)));
  const found = verdicts.reduce(joinVerdicts, undefined);
  const verdict = found === undefined || decisive ? found : annotated(found);
  if (verdict !== undefined) guard.tell(verdict, call.args);
  return verdict;
}

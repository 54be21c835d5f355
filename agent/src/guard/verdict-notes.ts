import type { Verdict } from './verdict.ts';

// Beside the results, not on them: they may be frozen, and their looks are the caller's.
const verdicts = new WeakMap<object, Verdict>();
let noted = false;

/**
 * What the guard found on the call that gave `result`, or that gave what stands in its place; undefined where it found
 * nothing. Only for objects: of numbers and texts `onVerdict` tells.
 */
export function verdictOf(result: object): Verdict | undefined {
  return isObject(result) ? verdicts.get(result) : undefined;
}

/** Notes the verdict of the call that gave `result`; one without a verdict takes back that of an earlier call. */
export function noteVerdict(result: unknown, verdict: Verdict | undefined): void {
  if (verdict === undefined) {
    if (noted && isObject(result)) verdicts.delete(result);
  } else if (isObject(result)) {
    noted = true;
    verdicts.set(result, verdict);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

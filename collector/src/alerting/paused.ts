import type { Rule } from '../rules/rule.ts';

/**
 * Whether a rule does not judge at a tick: the last moment of its span lies outside its `active` times, or, for a composite,
 * one of the alerts it takes is not judged. `members` has those that were.
 */
export function isPaused({ active, judgement }: Rule, members: ReadonlyMap<string, unknown>, tick: number): boolean {
  if (active !== null && !active.includes(tick - 1)) return true;
  if (judgement.kind !== 'composite') return false;
  return [...judgement.all, ...judgement.any, ...judgement.none].some((name) => !members.has(name));
}

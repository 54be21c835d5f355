import { messageOf } from '../errors.ts';

/** What a check found: `warning` may grow into something, `wrong` is something now, `skipped` could not be looked at. */
export type Verdict = { readonly state: 'fine' | 'warning' | 'wrong' | 'skipped'; readonly detail: string };

/** One thing to look at in a subject, and what to do where it is not fine. */
export type Check<Subject> = {
  readonly name: string;
  readonly advice: string;
  run(subject: Subject): Verdict | Promise<Verdict>;
};

/** A verdict with the name of its check, and what to do where it is a warning or wrong. */
export type Finding = Verdict & { readonly name: string; readonly advice: string | null };

export const fine = (detail: string): Verdict => ({ state: 'fine', detail });
export const warning = (detail: string): Verdict => ({ state: 'warning', detail });
export const wrong = (detail: string): Verdict => ({ state: 'wrong', detail });
export const skipped = (detail: string): Verdict => ({ state: 'skipped', detail });

/** Runs all checks, one after the other; one that throws is wrong and holds up no other. */
export async function runChecks<Subject>(checks: readonly Check<Subject>[], subject: Subject): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) findings.push(toFinding(check, await verdictOf(check, subject)));
  return findings;
}

/** What is said of checks that there is nothing to run on. */
export function skipChecks<Subject>(checks: readonly Check<Subject>[], why: string): Finding[] {
  return checks.map((check) => toFinding(check, skipped(why)));
}

async function verdictOf<Subject>(check: Check<Subject>, subject: Subject): Promise<Verdict> {
  try {
    return await check.run(subject);
  } catch (error) {
    return wrong(`could not be looked at: ${messageOf(error)}`);
  }
}

function toFinding<Subject>({ name, advice }: Check<Subject>, verdict: Verdict): Finding {
  const needsAdvice = verdict.state === 'warning' || verdict.state === 'wrong';
  return { name, ...verdict, advice: needsAdvice ? advice : null };
}

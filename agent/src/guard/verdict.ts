/** What follows of a violation, from the weakest to the strongest. */
export type GuardAction = 'annotate' | 'fallback' | 'reject';

/** Kinds of checks, closed: they are categories of the series `violation`. */
export type CheckName =
  | 'presence'
  | 'type'
  | 'range'
  | 'category'
  | 'pattern'
  | 'relation'
  | 'statistical'
  | 'confidence'
  | 'custom';

/** One check that did not hold. `field` is the name of the relation or of the caller's own check where it is about several. */
export type Violation = {
  readonly check: CheckName;
  readonly stage: string;
  readonly field: string;
  readonly action: GuardAction;
  readonly expected: string;
  /** Type and size of what came; the value itself only with `showValues`. */
  readonly got: string;
};

/** What a guard found on one call: the strongest action of its violations decides. */
export type Verdict = {
  readonly action: GuardAction;
  /** At most 32; the action is that of all. */
  readonly violations: readonly Violation[];
  /** Milliseconds the checks took, those of a promise by the wall clock. */
  readonly checkMs: number;
};

/** Violations kept of one verdict. */
export const MAX_VIOLATIONS = 32;

const RANK: Readonly<Record<GuardAction, number>> = { annotate: 0, fallback: 1, reject: 2 };

/** The stronger of two actions. */
export function stronger(a: GuardAction, b: GuardAction): GuardAction {
  return RANK[b] > RANK[a] ? b : a;
}

/** Violations of one call while it is being checked. */
export class Findings {
  readonly violations: Violation[] = [];
  action: GuardAction = 'annotate';

  add(violation: Violation): void {
    this.action = stronger(this.action, violation.action);
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push(violation);
  }

  verdict(checkMs: number): Verdict {
    return { action: this.action, violations: this.violations, checkMs };
  }
}

/** One verdict of two on the same call. */
export function joinVerdicts(a: Verdict | undefined, b: Verdict | undefined): Verdict | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    action: stronger(a.action, b.action),
    violations: [...a.violations, ...b.violations].slice(0, MAX_VIOLATIONS),
    checkMs: a.checkMs + b.checkMs,
  };
}

/** The same violations where nothing can be done about them any more. */
export function annotated(verdict: Verdict): Verdict {
  const violations = verdict.violations.map((violation) => ({ ...violation, action: 'annotate' as const }));
  return { ...verdict, action: 'annotate', violations };
}

import type { Static } from 'typebox';
import type { RulesReplayAnswer, RulesTestAnswer, RulesTuneAnswer } from './rule-answers.ts';

/** One mistake of a text, at a line and column from 1. */
export type TextMistake = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
};

/** What came of trying rules out: an answer, or why there is none. `reached` is ms. */
export type RuleTrial<T> =
  | { readonly kind: 'done'; readonly answer: T }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly TextMistake[] }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'busy'; readonly message: string; readonly retryAfterSeconds: number }
  | { readonly kind: 'stopped'; readonly message: string; readonly reached: number | null };

type Wrong = { readonly ok: false; readonly mistakes: readonly TextMistake[] };
/** What a rule file comes to. */
export type RulesRead =
  | { readonly ok: true; readonly file: { readonly groups: readonly { readonly rules: readonly unknown[] }[] } }
  | Wrong;
/** What tests of rules come to: their names, and what was not as expected. */
export type RulesTested =
  | { readonly ok: true; readonly tests: readonly string[]; readonly mismatches: DeepReadonly<Mismatches> }
  | Wrong;
type Mismatches = Static<typeof RulesTestAnswer>['tests'][number]['mismatches'];

/** A part of the rules, a model and a span, as texts; what is left out is all, or the last 30 days. */
export type StretchAsked = {
  readonly rules: string;
  readonly model?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly rule?: string | undefined;
};
export type CurveAsked = StretchAsked & {
  readonly rule: string;
  readonly at_most?: string | undefined;
  readonly incidents?: readonly unknown[] | undefined;
};

/** Tries rules out; nothing is stored or sent. Aborting `cancelled` ends the trial. */
export type RuleDesk = {
  check(rules: string, cancelled: AbortSignal): Promise<RuleTrial<RulesRead>>;
  test(rules: string, test: string, cancelled: AbortSignal): Promise<RuleTrial<RulesTested>>;
  replay(
    projectId: number,
    asked: StretchAsked,
    cancelled: AbortSignal,
  ): Promise<RuleTrial<DeepReadonly<Static<typeof RulesReplayAnswer>>>>;
  tune(
    projectId: number,
    asked: CurveAsked,
    cancelled: AbortSignal,
  ): Promise<RuleTrial<DeepReadonly<Static<typeof RulesTuneAnswer>>>>;
};

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

import type { Mistake } from '../../checked-yaml.ts';

/** What came of trying rules out. */
export type Trial<T> =
  | { readonly kind: 'done'; readonly answer: T }
  /** Texts that cannot be used; `file` says which: `rules`, `test` or `incidents`. */
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Mistake[] }
  /** What was asked for is not there, or is too much. */
  | { readonly kind: 'unusable'; readonly message: string }
  /** Others are being tried. */
  | { readonly kind: 'busy'; readonly message: string; readonly retryAfterSeconds: number }
  /** It was ended on the way; `reached` (ms) is the last tick that was judged, null where there is none. */
  | { readonly kind: 'stopped'; readonly message: string; readonly reached: number | null };

/** Thrown inside a trial to end it so. */
export class TrialEnd extends Error {
  readonly trial: Exclude<Trial<never>, { kind: 'done' }>;

  constructor(trial: Exclude<Trial<never>, { kind: 'done' }>) {
    super(trial.kind);
    this.name = 'TrialEnd';
    this.trial = trial;
  }
}

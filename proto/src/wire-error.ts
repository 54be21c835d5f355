/** Stable codes of what the wire refuses; they travel in `Refusal.code`. */
export type RefusalCode =
  | 'malformed'
  | 'too_large'
  | 'unknown_model_version'
  | 'in_the_future'
  | 'too_old'
  | 'bad_width'
  | 'bad_name'
  | 'kind_changed'
  | 'over_budget';

/** A part of a message that cannot be taken: what was expected and what came. */
export class WireError extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WireError';
    this.code = code;
  }
}

/** Why a sketch refused: bytes that are no valid byte form, a value it cannot count, or an option out of range. */
export type SketchErrorCode = 'SKETCH_BYTES_INVALID' | 'SKETCH_VALUE_INVALID' | 'SKETCH_OPTION_INVALID';

/** The one error this package throws; `code` is stable, the message is for people. */
export class SketchError extends Error {
  readonly code: SketchErrorCode;

  constructor(code: SketchErrorCode, message: string) {
    super(message);
    this.name = 'SketchError';
    this.code = code;
  }
}

/** A SketchError about bytes, ready to throw. */
export function bytesInvalid(what: string): SketchError {
  return new SketchError('SKETCH_BYTES_INVALID', what);
}

/** A SketchError about a value, ready to throw. */
export function valueInvalid(what: string): SketchError {
  return new SketchError('SKETCH_VALUE_INVALID', what);
}

/** A SketchError about an option, ready to throw. */
export function optionInvalid(what: string): SketchError {
  return new SketchError('SKETCH_OPTION_INVALID', what);
}

import { optionsInvalid, show } from '../errors.ts';

/** Whether `value` is a share: a number from 0 to 1. */
export function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

/** A share of calls that can be changed while they are made; one may stand behind several functions. */
export class Share {
  #value = 0;

  /** @throws {AgentError} TIDEMARK_OPTION_INVALID for anything but a number from 0 to 1. */
  constructor(value: number) {
    this.set(value);
  }

  get value(): number {
    return this.#value;
  }

  /** Applies from the next call on. @throws {AgentError} as the constructor; then the share stays as it was. */
  set(value: number): void {
    if (!isShare(value))
      throw optionsInvalid('share', [{ option: 'share', expected: 'a number from 0 to 1', got: show(value) }]);
    this.#value = value;
  }
}

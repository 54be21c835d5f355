import { type Mistake, optionsInvalid } from '../errors.ts';
import { isFunction, type OptionRow, readOptions } from '../option-table.ts';
import type { ModelSource } from './model-source.ts';
import type { SessionLike } from './session.ts';
import type { SessionOptions } from './session-options.ts';

/** Options of `instrument`. */
export type InstrumentOptions = {
  /**
   * How a session is watched, asked once at its first run: its model version and columns as in the options of
   * `wrapSession`. What it leaves out is as without it; `null` leaves the session bare.
   */
  readonly model?: (session: SessionLike, source: ModelSource) => SessionOptions | null | undefined;
};

/** Options of `instrument`. */
export const INSTRUMENT_TABLE: readonly OptionRow[] = [
  {
    name: 'model',
    type: 'function',
    doc: '`(session, source) => options of wrapSession`, `model` among them, or `null` for a session that is not watched; `source` is `{ name, path?, sha256? }`',
    accepts: isFunction,
    expected: 'a function',
  },
];

/** Checks the options of `instrument`. @throws {AgentError} TIDEMARK_OPTION_INVALID. */
export function readInstrumentOptions(given: unknown): InstrumentOptions {
  const mistakes: Mistake[] = [];
  const options = readOptions(INSTRUMENT_TABLE, given, '', mistakes) as InstrumentOptions;
  if (mistakes.length > 0) throw optionsInvalid('instrument', mistakes);
  return options;
}

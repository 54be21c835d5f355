import { type Mistake, optionsInvalid } from '../errors.ts';
import { LOG_ROW } from '../log-option.ts';
import { isName } from '../names.ts';
import { isFunction, isObject, type OptionRow, readOptions } from '../option-table.ts';

/** What can put a watch on every session of an ONNX runtime; the agent can. Returns what takes it off again. */
export type CanInstrument = { instrument(ort: object): () => void };

/** Options of `TidemarkInstrumentation`. */
export type InstrumentationOptions = {
  readonly agent: CanInstrument;
  readonly ort?: object;
  readonly spans?: boolean;
  readonly model?: string;
  readonly enabled?: boolean;
  readonly log?: (message: string) => void;
};

/** Checked and completed. */
export type InstrumentationSettings = Required<Omit<InstrumentationOptions, 'ort' | 'model'>> &
  Pick<InstrumentationOptions, 'ort' | 'model'>;

const isBoolean = (value: unknown) => typeof value === 'boolean';

/** Options of `TidemarkInstrumentation`. */
export const INSTRUMENTATION_TABLE: readonly OptionRow[] = [
  {
    name: 'agent',
    type: 'Agent',
    required: true,
    doc: 'whose `instrument` puts the watch on the runtime; starting and stopping it stays with you',
    accepts: (value) => isObject(value) && isFunction((value as Partial<CanInstrument>).instrument),
    expected: 'an agent',
  },
  {
    name: 'ort',
    type: 'object',
    defaultText: "the application's own",
    doc: 'the module `onnxruntime-node`; without it, the one installed for the working directory, which is loaded for it',
    accepts: isObject,
    expected: 'the module onnxruntime-node',
  },
  {
    name: 'spans',
    type: 'boolean',
    default: false,
    doc: 'a span around each run of a session',
    accepts: isBoolean,
    expected: 'true or false',
  },
  {
    name: 'model',
    type: 'string',
    doc: 'what the spans are called after: `onnx.run <model>`, else `onnx.run`',
    accepts: isName,
    expected: 'text of 1 to 128 bytes without control characters',
  },
  {
    name: 'enabled',
    type: 'boolean',
    default: false,
    doc: 'true instruments at once; else it happens when the SDK starts',
    accepts: isBoolean,
    expected: 'true or false',
  },
  LOG_ROW,
];

/**
 * Options of `TidemarkInstrumentation` checked, completed and frozen.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, naming every mistake at once.
 */
export function readInstrumentationOptions(given: unknown): InstrumentationSettings {
  const mistakes: Mistake[] = [];
  const options = readOptions(INSTRUMENTATION_TABLE, given, '', mistakes);
  if (mistakes.length > 0) throw optionsInvalid('TidemarkInstrumentation', mistakes);
  return Object.freeze(options as InstrumentationSettings);
}

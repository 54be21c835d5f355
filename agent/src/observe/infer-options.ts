import { AgentError, type Mistake, optionsInvalid } from '../errors.ts';
import { isObject } from '../option-table.ts';
import { outputOf, readSessionOptions, type SessionOptions } from './session-options.ts';

/**
 * Options of `wrapInfer` and `wrapFetch`: those of `wrapSession`. Without `model`, a call is filed under the model and
 * version that the server says have answered; `at` gets the input tensors by name, as far as they are recorded.
 */
export type InferOptions = SessionOptions;

/**
 * Checks options of `wrapSession` for a model whose inputs and outputs are not here to be compared with.
 * @param what the call they were given to, for the error.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID.
 */
export function readInferOptions(what: string, given: unknown): InferOptions {
  const { features, prediction, confidence } = (isObject(given) ? given : {}) as SessionOptions;
  const outputs = [outputOf(prediction ?? undefined), outputOf(confidence ?? undefined)];
  const remote = {
    run: () => Promise.resolve(),
    inputNames: isObject(features) ? Object.keys(features) : [],
    outputNames: outputs.filter((output) => typeof output === 'string'),
  };
  try {
    return readSessionOptions(remote, given);
  } catch (error) {
    if (error instanceof AgentError) throw optionsInvalid(what, error.mistakes as Mistake[]);
    throw error;
  }
}

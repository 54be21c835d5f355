/**
 * Stable codes of everything the agent throws, always while it is being set up, never from a wrapped call.
 *
 * - `TIDEMARK_OPTION_INVALID`: options are missing, unknown or out of range; `mistakes` lists all of them.
 * - `TIDEMARK_MODEL_LIMIT`: more model versions in one agent than it keeps apart.
 * - `TIDEMARK_NOT_WRAPPABLE`: what was given is no function, or no inference session.
 */
export type AgentErrorCode = 'TIDEMARK_OPTION_INVALID' | 'TIDEMARK_MODEL_LIMIT' | 'TIDEMARK_NOT_WRAPPABLE';

/** One wrong option: its path (`model.fields[2].kind`), what was expected and what came. */
export type Mistake = { readonly option: string; readonly expected: string; readonly got: string };

/** The one error class of this package. */
export class AgentError extends Error {
  readonly code: AgentErrorCode;
  /** Every wrong option at once; empty for the other codes. */
  readonly mistakes: readonly Mistake[];

  constructor(code: AgentErrorCode, message: string, mistakes: readonly Mistake[] = []) {
    super(message);
    this.name = 'AgentError';
    this.code = code;
    this.mistakes = mistakes;
  }
}

/** The error for a list of wrong options; `what` names the call they were given to. */
export function optionsInvalid(what: string, mistakes: readonly Mistake[]): AgentError {
  const lines = mistakes.map(({ option, expected, got }) => `  ${option}: expected ${expected}, got ${got}`);
  return new AgentError('TIDEMARK_OPTION_INVALID', [`${what}: wrong options`, ...lines].join('\n'), mistakes);
}

/** Shows a value in an error message: short, and never longer than a line. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Circular, or a toJSON of the caller that throws: its type must do.
    text = undefined;
  }
  if (text === undefined || Number.isNaN(value))
    return value === null || value === undefined
      ? 'nothing'
      : typeof value === 'number'
        ? String(value)
        : `a value of type ${typeof value}`;
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

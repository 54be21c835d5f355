import { AgentError, show } from '../errors.ts';
import type { Callable } from './call.ts';
import type { CallWatch } from './call-watch.ts';
import { type ReplaceWhole, standInFor } from './stand-in.ts';
import { isWrapped, markWrapped, wrapFunction } from './wrap.ts';

/** What an inference session looks like; that of onnxruntime-node does. */
export type SessionLike = {
  run(...args: never[]): Promise<unknown>;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
};

/**
 * @throws {AgentError} TIDEMARK_NOT_WRAPPABLE for anything that does not look like a session.
 */
export function checkSession(session: unknown): asserts session is SessionLike {
  const { run, inputNames, outputNames } = (session ?? {}) as Partial<SessionLike>;
  if (typeof run === 'function' && isNames(inputNames) && isNames(outputNames)) return;
  throw new AgentError(
    'TIDEMARK_NOT_WRAPPABLE',
    `wrapSession: expected a session with run, inputNames and outputNames, got ${show(session)}`,
  );
}

/**
 * A stand-in for `session` whose `run` is watched. Everything else is the session's own: properties are read and
 * written there and methods run on it, so that private fields work; `instanceof` holds.
 */
export function wrapSession<S extends SessionLike>(session: S, watch: CallWatch, failed: (error: unknown) => void): S {
  if (isWrapped(session)) return session;
  const whole: ReplaceWhole = (key, method, selfOf) => {
    // Past a `run` that `instrument` has put there, so that the run is counted once.
    return key === 'run' ? wrapFunction(bareRun(method) as Callable, watch, failed, undefined, selfOf) : undefined;
  };
  const standIn = standInFor(session, () => undefined, whole);
  markWrapped(standIn);
  return standIn;
}

const bareRuns = new WeakMap<object, object>();

/** Remembers that `run` is the watched form of `bare`. */
export function markInstrumented(run: object, bare: object): void {
  bareRuns.set(run, bare);
}

function bareRun(run: object): object {
  return bareRuns.get(run) ?? run;
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

import { AgentError, show } from '../errors.ts';
import type { Callable } from './call.ts';
import type { CallWatch } from './call-watch.ts';
import { copyShape } from './shape.ts';
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
  const methods = new Map<PropertyKey, { readonly own: object; readonly bound: object }>();
  const standIn: S = new Proxy(session, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'constructor' || isFixed(target, key)) return value;
      const known = methods.get(key);
      if (known?.own === value) return known.bound;
      const bound = onTarget(key === 'run' ? wrapFunction(value as Callable, watch, failed) : value, standIn, target);
      methods.set(key, { own: value, bound });
      return bound;
    },
    set(target, key, value) {
      return Reflect.set(target, key, value, target);
    },
  });
  markWrapped(standIn);
  return standIn;
}

/** `method` with the session as `this` wherever it is called on the stand-in. */
function onTarget(method: object, standIn: object, target: object): object {
  const { bound } = {
    bound(this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(method as () => unknown, this === standIn ? target : this, args);
    },
  };
  copyShape(method, bound);
  return bound;
}

/** A proxy must show such a property as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  const property = Reflect.getOwnPropertyDescriptor(target, key);
  return property !== undefined && property.configurable === false && property.writable === false;
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

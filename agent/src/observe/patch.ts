import { AgentError, show } from '../errors.ts';
import type { Method } from './stand-in.ts';

/** A method that has been put into the place of another. */
export type Patch = {
  /**
   * Puts back exactly what was there. Returns false, and leaves everything as it is, where somebody else has put
   * something in the place since.
   */
  readonly undo: () => boolean;
};

/**
 * The method of `object` by that name, its own or inherited, where it can be patched.
 * @param what the call it is for, for the error.
 * @throws {AgentError} TIDEMARK_NOT_WRAPPABLE for an accessor, for what is no function, and where the property is fixed.
 */
export function methodOf(what: string, object: unknown, name: unknown): Method {
  const refuse = (expected: string, got: string) =>
    new AgentError('TIDEMARK_NOT_WRAPPABLE', `${what} ${String(name)}: expected ${expected}, got ${got}`);
  if (object === null || (typeof object !== 'object' && typeof object !== 'function'))
    throw refuse('an object with a method', show(object));
  const property = findProperty(object, name as PropertyKey);
  if (property === undefined) throw refuse('a method', 'no such property');
  if (!('value' in property)) throw refuse('a method', 'a property with a getter or setter');
  if (typeof property.value !== 'function') throw refuse('a method', show(property.value));
  const own = Object.hasOwn(object, name as PropertyKey);
  if (!property.writable || (own && !property.configurable))
    throw refuse('a method that may be changed', 'a fixed one');
  if (!own && !Object.isExtensible(object)) throw refuse('an object that may be changed', 'a frozen or sealed one');
  return property.value as Method;
}

/**
 * Puts `method` where `methodOf` found one, with the same descriptor.
 * @throws {AgentError} TIDEMARK_NOT_WRAPPABLE where the object does not take it, as a proxy may do.
 */
export function patchMethod(what: string, object: object, name: PropertyKey, method: object): Patch {
  const before = Object.getOwnPropertyDescriptor(object, name);
  const property = before ?? (findProperty(object, name) as PropertyDescriptor);
  if (!Reflect.defineProperty(object, name, { ...property, value: method })) {
    throw new AgentError('TIDEMARK_NOT_WRAPPABLE', `${what} ${String(name)}: the object does not take another method`);
  }
  return {
    undo: () => {
      if (Object.getOwnPropertyDescriptor(object, name)?.value !== method) return false;
      return before === undefined ? Reflect.deleteProperty(object, name) : Reflect.defineProperty(object, name, before);
    },
  };
}

function findProperty(object: object, name: PropertyKey): PropertyDescriptor | undefined {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const property = Object.getOwnPropertyDescriptor(at, name);
    if (property !== undefined) return property;
  }
  return undefined;
}

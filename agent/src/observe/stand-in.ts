import { copyShape } from './shape.ts';

/** What takes the place of one method of the target; undefined leaves it as it is. */
export type ReplaceMethod = (key: PropertyKey, method: Method) => Method | undefined;

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The same for a method that maps its `this` by itself, which saves a call: by `selfOf`, what it is to run on. */
export type ReplaceWhole = (key: PropertyKey, method: Method, selfOf: (self: unknown) => unknown) => object | undefined;

/**
 * A stand-in for `target`: properties are read and written there and methods run on it, so that private fields work;
 * `instanceof` holds. Methods that `replace` answers something for are those, with the target as `this`.
 */
export function standInFor<T extends object>(target: T, replace: ReplaceMethod, whole?: ReplaceWhole): T {
  const methods = new Map<PropertyKey, { readonly own: object; readonly bound: object }>();
  const selfOf = (self: unknown) => (self === standIn ? target : self);
  const standIn: T = new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'constructor') return value;
      const known = methods.get(key);
      // What is not the target's own cannot be fixed there.
      if (known?.own === value && !Object.hasOwn(target, key)) return known.bound;
      if (isFixed(target, key)) return value;
      if (known?.own === value) return known.bound;
      const method = value as Method;
      const bound = whole?.(key, method, selfOf) ?? onTarget(value, replace(key, method) ?? method, standIn, target);
      methods.set(key, { own: value, bound });
      return bound;
    },
    set(_, key, value) {
      return Reflect.set(target, key, value, target);
    },
  });
  return standIn;
}

/** `method`, which looks like `own`, with the target as `this` wherever it is called on the stand-in. */
function onTarget(own: object, method: Method, standIn: object, target: object): object {
  const { bound } = {
    bound(this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(method, this === standIn ? target : this, args);
    },
  };
  copyShape(own, bound);
  return bound;
}

/** A proxy must show such a property as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  const property = Reflect.getOwnPropertyDescriptor(target, key);
  return property !== undefined && property.configurable === false && property.writable === false;
}

/**
 * Gives `wrapper` the looks of `fn`: its prototype chain and its own properties with their descriptors, `name` and
 * `length` among them. What `fn` does not have, `wrapper` loses where the language allows.
 */
export function copyShape(fn: object, wrapper: object): void {
  for (const key of Reflect.ownKeys(wrapper)) {
    if (!Object.hasOwn(fn, key)) Reflect.deleteProperty(wrapper, key);
  }
  for (const key of Reflect.ownKeys(fn)) {
    Reflect.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(fn, key) as PropertyDescriptor);
  }
  Object.setPrototypeOf(wrapper, Object.getPrototypeOf(fn));
}

import { types } from 'node:util';
import type { ShadowSettings } from './shadow-options.ts';

/**
 * The arguments a challenger is given, taken before the champion runs, since callers use their buffers again. May throw
 * what the copying throws.
 */
export function challengerArguments(args: readonly unknown[], copy: ShadowSettings['copy']): readonly unknown[] {
  if (copy === true) return structuredClone(args);
  // The watch may be given the very array the function is called with.
  if (copy === false) return [...args];
  if (copy === undefined) return args.map(copyOfBuffer);
  const own: unknown = Reflect.apply(copy, undefined, args);
  if (Array.isArray(own)) return own;
  throw new TypeError('copy must give a list of arguments');
}

/** A copy of what is a buffer itself; what is inside of objects is left as it is. */
function copyOfBuffer(value: unknown): unknown {
  // The slice of a Buffer itself shares memory; this one copies whatever the class.
  if (types.isTypedArray(value)) return Uint8Array.prototype.slice.call(value);
  return types.isArrayBuffer(value) ? value.slice(0) : value;
}

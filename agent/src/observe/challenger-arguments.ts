import { types } from 'node:util';
import { hush } from '../shield.ts';
import type { ShadowSettings } from './shadow-options.ts';

// Measured, a call: 25 floats 0.4 us, an image of 224 x 224 x 3 floats 60 us, 25 features by name 0.02 us as they are and
// 2 us cloned. So only what is likely to be used again, and is cheap to copy, is copied by default.

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
  hush(own);
  throw new TypeError('copy must give a list of arguments');
}

/** A copy of what is a buffer itself; what is inside of objects is left as it is. */
function copyOfBuffer(value: unknown): unknown {
  // The slice of a Buffer itself shares memory; this one copies whatever the class.
  if (types.isTypedArray(value)) return Uint8Array.prototype.slice.call(value);
  return types.isArrayBuffer(value) ? value.slice(0) : value;
}

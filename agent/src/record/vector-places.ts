import { xorshift } from './row-sample.ts';

// Sizes of vectors in one process whose places are at hand; one more makes room for itself.
const MAX_KNOWN = 16;
const known = new Map<string, Int32Array>();

/**
 * The components of vectors of `size` that are looked at, `most` of them: one in each equal stretch, at a place that
 * depends on the two numbers alone, so that every process looks at the same ones. Not to be written to.
 */
export function placesOf(size: number, most: number): Int32Array {
  const key = `${size}/${most}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const random = xorshift(Math.imul(size, 0x9e3779b1) ^ most);
  const stretch = size / most;
  const places = Int32Array.from({ length: most }, (_, i) => Math.min(size - 1, Math.floor((i + random()) * stretch)));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, places);
  return places;
}

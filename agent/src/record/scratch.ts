/** Most numbers of the scratch that is kept, 512 KiB; more are made for the occasion. */
export const MAX_SCRATCH = 65_536;

let kept = new Float64Array(64);

/** At least `size` numbers to work in, whatever is in them; valid until the next one asks. */
export function scratch(size: number): Float64Array {
  if (size <= kept.length) return kept;
  if (size > MAX_SCRATCH) return new Float64Array(size);
  kept = new Float64Array(Math.min(MAX_SCRATCH, 2 ** Math.ceil(Math.log2(size))));
  return kept;
}

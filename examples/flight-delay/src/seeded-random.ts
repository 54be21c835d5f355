/** Uniform numbers in [0, 1) from a 32-bit seed: mulberry32, by Tommy Ettinger (public domain). Enough for sampling, not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state);
  };
}

/** A uniform number in [0, 1) that depends only on the seed and the key (an integer), so that it is the same in whatever order keys are asked. */
export function randomOf(seed: number, key: number): number {
  return mix((Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(key + 1, 0x6d2b79f5)) | 0);
}

function mix(state: number): number {
  let z = Math.imul(state ^ (state >>> 15), state | 1);
  z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
  return ((z ^ (z >>> 14)) >>> 0) / 4_294_967_296;
}

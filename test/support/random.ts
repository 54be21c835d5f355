/**
 * Numbers in [0, 1) that are the same for every run with one seed: a linear congruential generator modulo 2^32 with the
 * constants of Knuth and Lewis (Numerical Recipes in C, second edition, section 7.1). Good enough to pick moments.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

import fc from 'fast-check';

/** Shares over `size` bins, some of them empty, summing to 1. */
export function sharesOver(size: number): fc.Arbitrary<number[]> {
  return fc
    .array(fc.nat({ max: 1000 }), { minLength: size, maxLength: size })
    .filter((counts) => counts.some((count) => count > 0))
    .map((counts) => {
      const total = counts.reduce((sum, one) => sum + one, 0);
      return counts.map((one) => one / total);
    });
}

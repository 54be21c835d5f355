import { type PairMoments, Summary } from '@tidemark/sketch';
import type { Random } from './random.ts';

/**
 * Draws live windows of pairs as their correlation would be if nothing drifted, with the baseline's own noise: Fisher's z (1921, On
 * the probable error of a coefficient of correlation), atanh r, is normal with variance 1 / (n - 3) where the pairs are. Of
 * heavy tails correlations vary more; no moments that are kept tell how much, but the baseline's own windows do.
 */
export class PairPopulation {
  readonly #z: number;
  readonly #variance: number;

  /** Of pairs that have a correlation. */
  constructor(reference: PairMoments) {
    this.#z = Math.atanh(reference.correlation);
    this.#variance = varianceOf(reference.count);
  }

  /** A window of `n` pairs. Only its correlation is drawn, which four pairs can have as well as many. */
  draw(n: number, random: Random): Summary {
    const r = Math.tanh(this.#z + Math.sqrt(varianceOf(n) + this.#variance) * random.normal());
    const rest = Math.sqrt(1 - r * r);
    const window = new Summary('pair');
    for (const sign of [1, -1]) {
      window.pairs.add(sign, sign * r);
      window.pairs.add(0, sign * rest);
    }
    window.kinds.valid = n;
    return window;
  }
}

function varianceOf(n: number): number {
  return 1 / Math.max(1, n - 3);
}

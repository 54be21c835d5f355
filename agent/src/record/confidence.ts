/**
 * What the scores of a row are: `probabilities` of classes, `logits` (before the softmax), `binary` (one column with the
 * probability of one of two classes), or `auto`: probabilities where they can be, else logits.
 */
export type ConfidenceFrom = 'probabilities' | 'logits' | 'binary' | 'auto';

/** How sure an answer is. NaN where there is no such thing: of one score alone, or where a score is no number. */
export type Confidence = {
  /** The largest probability. */
  readonly value: number;
  /** The largest probability less the second. */
  readonly margin: number;
  /** Shannon's entropy of the probabilities by that of as many equal ones: 0 is sure, 1 is a guess. */
  readonly entropy: number;
  /** Whether the scores are no probabilities of classes: beyond 0 to 1, no numbers, or a sum more than 0.001 off. */
  readonly impossible: boolean;
};

// Of 1 000 classes in float32 the sum of a softmax is off by less than 1e-4.
const SUM_TOLERANCE = 1e-3;

/** A reading of one row after another, made once, so that none is allocated a row. */
export class ConfidenceReading implements Confidence {
  value = Number.NaN;
  margin = Number.NaN;
  entropy = Number.NaN;
  impossible = false;

  /** Reads `width` scores from `offset` on; keeps nothing of them. */
  read(scores: ArrayLike<number>, offset: number, width: number, from: ConfidenceFrom): this {
    if (from === 'binary') return this.#readBinary(width === 1 ? (scores[offset] as number) : Number.NaN);
    if (from === 'logits') return this.#readLogits(scores, offset, width);
    if (from === 'auto' && !isDistribution(scores, offset, width)) return this.#readLogits(scores, offset, width);
    return this.#readProbabilities(scores, offset, width);
  }

  #readProbabilities(scores: ArrayLike<number>, offset: number, width: number): this {
    let top = Number.NEGATIVE_INFINITY;
    let second = Number.NEGATIVE_INFINITY;
    let sum = 0;
    let lowest = 0;
    // Shannon (1948): H = -sum p ln p, where 0 ln 0 is 0.
    let h = 0;
    for (let i = offset; i < offset + width; i++) {
      const p = scores[i] as number;
      sum += p;
      if (p > top) {
        second = top;
        top = p;
      } else if (p > second) second = p;
      if (p < lowest) lowest = p;
      if (p > 0) h -= p * Math.log(p);
    }
    if (width === 0 || sum - sum !== 0) return this.#nothing();
    this.value = top;
    this.impossible = lowest < 0 || top > 1 || (width > 1 && Math.abs(sum - 1) > SUM_TOLERANCE);
    this.margin = width > 1 ? top - second : Number.NaN;
    // Of p / sum, which is what is meant where the sum is a little off.
    this.entropy = width > 1 && !this.impossible ? within(h / sum + Math.log(sum), width) : Number.NaN;
    return this;
  }

  #readLogits(scores: ArrayLike<number>, offset: number, width: number): this {
    let top = Number.NEGATIVE_INFINITY;
    let second = Number.NEGATIVE_INFINITY;
    for (let i = offset; i < offset + width; i++) {
      const z = scores[i] as number;
      if (Number.isNaN(z)) return this.#nothing();
      if (z > top) {
        second = top;
        top = z;
      } else if (z > second) second = z;
    }
    if (top - top !== 0 || width < 2) return this.#nothing();
    // By the largest, so that no exponential overflows: p = e^(z - top) / s and H = ln s - (sum e^(z - top) (z - top)) / s.
    let s = 0;
    let weighted = 0;
    for (let i = offset; i < offset + width; i++) {
      const below = (scores[i] as number) - top;
      const e = Math.exp(below);
      s += e;
      if (e > 0) weighted += e * below;
    }
    this.value = 1 / s;
    this.margin = (1 - Math.exp(second - top)) / s;
    this.entropy = within(Math.log(s) - weighted / s, width);
    this.impossible = false;
    return this;
  }

  #readBinary(p: number): this {
    if (p - p !== 0) return this.#nothing();
    const q = 1 - p;
    this.value = Math.max(p, q);
    this.margin = Math.abs(p - q);
    this.impossible = p < 0 || p > 1;
    this.entropy = this.impossible ? Number.NaN : within(-(xlnx(p) + xlnx(q)), 2);
    return this;
  }

  #nothing(): this {
    this.value = Number.NaN;
    this.margin = Number.NaN;
    this.entropy = Number.NaN;
    this.impossible = true;
    return this;
  }
}

/**
 * How sure an answer is by the scores of its classes, for extractors of `wrap`:
 * `confidence: (answer) => confidenceOf(answer.probabilities)`. Throws nothing for any numbers.
 */
export function confidenceOf(scores: ArrayLike<number>, from: ConfidenceFrom = 'auto'): Confidence {
  const { value, margin, entropy, impossible } = new ConfidenceReading().read(scores, 0, scores.length, from);
  return { value, margin, entropy, impossible };
}

/** Whether scores can be probabilities of classes. */
export function isDistribution(scores: ArrayLike<number>, offset: number, width: number): boolean {
  let sum = 0;
  for (let i = offset; i < offset + width; i++) {
    const p = scores[i] as number;
    if (!(p >= 0 && p <= 1)) return false;
    sum += p;
  }
  return Math.abs(sum - 1) <= SUM_TOLERANCE;
}

function xlnx(x: number): number {
  return x > 0 ? x * Math.log(x) : 0;
}

/** Entropy in shares of the most there can be of `classes`; rounding may take it a little out of 0 to 1. */
function within(entropy: number, classes: number): number {
  return Math.min(1, Math.max(0, entropy / Math.log(classes)));
}

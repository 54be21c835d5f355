/** Random numbers that are the same for the same seed, and the few distributions that simulating a null needs. */
export type Random = {
  /** Uniform in (0, 1), neither end. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Gamma with scale 1; 0 for shape 0. */
  gamma(shape: number): number;
  /** How many of `n` trials succeed, each with probability `p`. */
  binomial(n: number, p: number): number;
};

/** A generator for a seed: any text, such as the id of a series and the name of a score. */
export function randomOf(seed: string): Random {
  const uniform = smallFastCounter(fnv1a(seed));
  const normal = () => polarNormal(uniform);
  return {
    uniform,
    normal,
    gamma: (shape) => gamma(shape, uniform, normal),
    binomial: (n, p) => binomial(n, p, uniform),
  };
}

/** FNV-1a, 32 bits, over UTF-16 units (Fowler, Noll and Vo; RFC 9923 gives the constants). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** sfc32, "small fast counting", of Doty-Humphrey's PractRand: 128 bits of state, passes its tests to many terabytes. */
function smallFastCounter(seed: number): () => number {
  let [a, b, c, counter] = [0, seed | 0, 0, 1];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return ((sum >>> 0) + 0.5) / 2 ** 32;
  };
  // As PractRand does, so that near seeds have parted.
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Marsaglia and Bray's polar method (1964); the second number is thrown away, which keeps no state. */
function polarNormal(uniform: () => number): number {
  for (;;) {
    const x = 2 * uniform() - 1;
    const y = 2 * uniform() - 1;
    const s = x * x + y * y;
    if (s < 1 && s > 0) return x * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** Marsaglia and Tsang (2000), A simple method for generating gamma variables; below shape 1 with their boost. */
function gamma(shape: number, uniform: () => number, normal: () => number): number {
  if (shape === 0) return 0;
  if (shape < 1) return gamma(shape + 1, uniform, normal) * uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Below so many expected successes counting them up is faster. */
const FEW = 10;

function binomial(n: number, p: number, uniform: () => number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(n, 1 - p, uniform);
  return n * p < FEW ? byInversion(n, p, uniform) : byRejection(n, p, uniform);
}

/** BINV of Kachitvichyanukul and Schmeiser (1988), Binomial random variate generation. */
function byInversion(n: number, p: number, uniform: () => number): number {
  const odds = p / (1 - p);
  let probability = Math.exp(n * Math.log1p(-p));
  let left = uniform();
  let count = 0;
  while (left > probability && count < n) {
    left -= probability;
    count++;
    probability *= (odds * (n - count + 1)) / count;
    if (probability === 0) break;
  }
  return count;
}

/** BTRS of Hörmann (1993), The generation of binomial random variates, with its constants. */
function byRejection(n: number, p: number, uniform: () => number): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const odds = p / (1 - p);
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const edge = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / edge + b) * u + centre);
    if (k < 0 || k > n) continue;
    if (edge >= 0.07 && v <= squeeze) return k;
    const density =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      stirlingTail(mode) +
      stirlingTail(n - mode) -
      stirlingTail(k) -
      stirlingTail(n - k);
    if (Math.log((v * alpha) / (a / (edge * edge) + b)) <= density) return k;
  }
}

/** ln k! less Stirling's (k + 1/2) ln(k + 1) - (k + 1) + ln sqrt(2 pi), by the series; within 1e-6 from k = 2 on. */
function stirlingTail(k: number): number {
  const x = k + 1;
  const square = x * x;
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / x;
}

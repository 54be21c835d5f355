import type { CentroidList } from '../../sketch/src/centroid-list.ts';

/** A list that keeps the promises of CentroidList, and what it weighs. */
export type AnyList = { readonly list: CentroidList; readonly total: number };

type Next = (random: () => number) => number;

/** How far the next mean is. */
const STEPS: Readonly<Record<string, Next>> = {
  even: (random) => random(),
  integers: (random) => Math.floor(random() * 5),
  halves: (random) => 2 ** Math.floor(random() * 8) * (1 + (Math.floor(random() * 1024) + 0.5) / 1024),
  'near powers of two': (random) => 2 ** Math.floor(random() * 20) * (1 - 2 ** (-8 - Math.floor(random() * 45))),
  'all powers of two': (random) => 2 ** Math.floor(random() * 2097 - 1074),
  '600 decades': (random) => 10 ** (random() * 616 - 308),
  'wide and narrow': (random) => (random() < 0.1 ? 1e9 : 1e-9 * random()),
  denormals: (random) => Math.floor(random() * 50) * 5e-324,
  'below 2^-1000': (random) => random() * 2 ** (-998 - random() * 20),
  'neighbouring doubles': (random) => 2 ** -52 * Math.floor(random() * 3),
  huge: (random) => 1e308 * random(),
};
const STARTS = [0, 1, -1, 1e-300, -5e-324, 2 ** -1000, -1e308, -Number.MAX_VALUE, 1e6] as const;
const WEIGHTS: readonly Next[] = [
  () => 1,
  (random) => 1 + Math.floor(random() * 9),
  (random) => 2 ** Math.floor(random() * 43),
  (random) => 1 + Math.floor(random() * 2 ** (1 + random() * 42)),
];
const LENGTHS = [0, 1, 2, 3, 8, 9, 15, 16, 17, 31, 32, 33, 150, 240, 1023, 1024] as const;

/** Any list there can be, more of those that are hard to write: few and very many, far apart and close, heavy and light. */
export function anyList(random: () => number): AnyList {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const [step, weightOf, length] = [pick(Object.values(STEPS)), pick(WEIGHTS), pick(LENGTHS)];
  const round: (x: number) => number = random() < 0.2 ? float32 : (x) => x;
  const plainShare = pick([0, 0.5, 0.95, 1]);
  const pairs: number[] = [];
  let mean = round(pick(STARTS)) + 0;
  let total = 0;
  for (let i = 0; i < length; i++) {
    let weight = weightOf(random);
    const isAtom = i === 0 || weight === 1 || random() >= plainShare;
    if (random() < 0.001) weight += 2 ** 42;
    if (i > 0) {
      const isAfterAtom = (pairs[2 * i - 1] as number) < 0;
      const next = round(mean + step(random)) + 0;
      mean = next > mean || (next === mean && !isAfterAtom) ? next : following(mean);
      if (mean === Infinity) break;
    }
    pairs.push(mean, isAtom ? -weight : weight);
    total += weight;
  }
  // The last is an atom, which a plain one becomes wherever it stands.
  if (pairs.length > 0) pairs[pairs.length - 1] = -Math.abs(pairs[pairs.length - 1] as number);
  return { list: { pairs: Float64Array.from(pairs), length: pairs.length / 2 }, total };
}

/** Where it is one that is finite. */
function float32(x: number): number {
  return Number.isFinite(Math.fround(x)) ? Math.fround(x) : x;
}

/** The next larger double. */
function following(x: number): number {
  const bits = new BigInt64Array(1);
  const double = new Float64Array(bits.buffer);
  double[0] = x;
  bits[0]! += x < 0 ? -1n : 1n;
  return (double[0] as number) + 0;
}

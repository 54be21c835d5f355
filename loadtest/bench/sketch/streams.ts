import { normal, seeded } from '../seeded.ts';

/** What a gate asks of a stream: core is one of the eight of the budget, gaps lets a centroid straddle far clusters. */
export type Trait = 'core' | 'continuous' | 'mixture' | 'gaps' | 'hostile' | 'real';

type Next = (random: () => number, index: number, n: number) => number;

/** A kind of data, made anew for every seed. */
export type Stream = { readonly name: string; readonly traits: readonly Trait[]; readonly next: Next };

const narrow: Next = (random) => 1e6 + 1e-3 * normal(random);

/** Streams as real columns show them, then those with far gaps, then orders and mixtures that attack a radix sort. */
export const STREAMS: readonly Stream[] = [
  { name: 'normal', traits: ['core', 'continuous'], next: (random) => normal(random) },
  { name: 'lognormal', traits: ['core', 'continuous'], next: (random) => Math.exp(normal(random)) },
  { name: 'uniform', traits: ['core', 'continuous'], next: (random) => random() },
  { name: 'pareto 1.1', traits: ['core', 'continuous'], next: (random) => (1 - random()) ** (-1 / 1.1) },
  { name: 'sorted', traits: ['core'], next: (_, index) => index * 1.1 },
  { name: 'constant', traits: ['core'], next: () => 5 },
  { name: 'mixture', traits: ['core', 'mixture'], next: mixture },
  { name: 'narrow', traits: ['core', 'continuous'], next: narrow },
  { name: 'reversed', traits: [], next: (_, index, n) => (n - index) * 1.1 },
  { name: 'integers', traits: [], next: (random) => Math.floor(random() * 1000) },
  { name: 'zero-heavy', traits: [], next: (random) => (random() < 0.92 ? 0 : Math.floor(1e4 * random())) },
  { name: 'cauchy', traits: ['continuous'], next: (random) => Math.tan(Math.PI * (random() - 0.5)) },
  { name: '600 decades', traits: ['continuous', 'gaps'], next: (random) => 10 ** (random() * 600 - 300) },
  { name: 'gaps', traits: ['gaps'], next: (random) => Math.floor(random() * 10) * 1000 + random() },
  // Neither a linear scale nor the bit pattern tells the values of one step apart.
  { name: 'far steps', traits: ['gaps', 'hostile'], next: (random) => 10 ** Math.floor(random() * 10) + random() },
  // Neither a linear scale nor the bit pattern tells the values of the cluster apart.
  {
    name: 'zeros and cluster',
    traits: ['hostile'],
    next: (random, i, n) => (random() < 0.5 ? 0 : narrow(random, i, n)),
  },
  { name: 'outliers and cluster', traits: ['hostile'], next: outliersAndCluster },
  { name: 'organ pipe', traits: ['hostile'], next: (_, index, n) => (index < n / 2 ? 2 * index : 2 * (n - index) + 1) },
  { name: 'sawtooth', traits: ['hostile'], next: (_, index) => (index % 1000) + index * 1e-6 },
];

/** What a feature column often looks like: many zeros, a bell, some small integers, a long tail. */
function mixture(random: () => number): number {
  const part = random();
  if (part < 0.3) return 0;
  if (part < 0.7) return 5 + normal(random);
  return part < 0.9 ? Math.floor(random() * 11) : Math.exp(3 + normal(random));
}

function outliersAndCluster(random: () => number): number {
  if (random() < 0.01) return (random() < 0.5 ? -1e300 : 1e300) * random();
  return 1 + 1e-9 * normal(random);
}

/** n values of a stream. */
export function take(stream: Stream, n: number, seed: number): Float64Array {
  const random = seeded(seed);
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = stream.next(random, i, n);
  return values;
}

/** The stream of that name. Throws if there is none. */
export function streamNamed(name: string): Stream {
  const stream = STREAMS.find((one) => one.name === name);
  if (stream === undefined) throw new Error(`no stream '${name}'`);
  return stream;
}

import type { Random } from '../../../collector/src/drift/random.ts';
import type { Column } from './column.ts';

/** How values of a field come about: `n` of them in an hour (since the epoch). */
export type Shape = {
  readonly name: string;
  readonly kind: 'number' | 'category';
  readonly draw: (random: Random, n: number, hour: number) => Column;
};

const numbers = (name: string, one: (random: Random, hour: number) => number): Shape => ({
  name,
  kind: 'number',
  draw: (random, n, hour) => ({ numbers: Float64Array.from({ length: n }, () => one(random, hour)) }),
});

const lognormal = (random: Random) => Math.exp(random.normal());
const ofDay = (hour: number) => Math.sin((2 * Math.PI * hour) / 24);

/** Values that need more than one draw each. */
const inTurn = (name: string, start: (random: Random) => () => number): Shape => ({
  name,
  kind: 'number',
  draw: (random, n) => {
    const next = start(random);
    return { numbers: Float64Array.from({ length: n }, next) };
  },
});

/** Some rows have no value, when all is well. */
const partly = (shape: Shape, missing: number): Shape => ({
  name: `${shape.name}, ${100 * missing} % missing`,
  kind: shape.kind,
  draw: (random, n, hour) => {
    const without = random.binomial(n, missing);
    return { ...shape.draw(random, n - without, hour), missing: without };
  },
});

const NUMBERS: readonly Shape[] = [
  numbers('normal', (random) => 40 + 12 * random.normal()),
  numbers('uniform', (random) => random.uniform()),
  numbers('exponential', (random) => -30 * Math.log(random.uniform())),
  numbers('lognormal', lognormal),
  // Of its tail index: a variance, and hardly more.
  numbers('Pareto, index 2.5', (random) => random.uniform() ** (-1 / 2.5)),
  numbers('two humps', (random) => (random.uniform() < 0.4 ? -3 : 3) + random.normal()),
  numbers('few values', (random) => Math.floor(-1.5 * Math.log(random.uniform()))),
  numbers('65 % zero', (random) => (random.uniform() < 0.65 ? 0 : lognormal(random))),
  numbers('98 % zero', (random) => (random.uniform() < 0.98 ? 0 : lognormal(random))),
  numbers('constant', () => 1),
  numbers('daily cycle of 0.3 deviations', (random, hour) => 0.3 * ofDay(hour) + random.normal()),
  numbers('daily cycle of 0.5 deviations', (random, hour) => 0.5 * ofDay(hour) + random.normal()),
  // Each value is near the one before it: n of them tell as much of the mean as n / 19 independent ones.
  inTurn('AR(1), phi 0.9', (random) => {
    let x = random.normal();
    return () => {
      x = 0.9 * x + Math.sqrt(1 - 0.81) * random.normal();
      return x;
    };
  }),
  // Users send ten values on average; half of the variance is between users.
  inTurn('by user', (random) => {
    let [left, user] = [0, 0];
    return () => {
      if (left === 0) {
        left = 1 + Math.floor(-10 * Math.log(random.uniform()));
        user = Math.SQRT1_2 * random.normal();
      }
      left--;
      return user + Math.SQRT1_2 * random.normal();
    };
  }),
  partly(
    numbers('normal', (random) => random.normal()),
    0.3,
  ),
];

const CATEGORIES: readonly Shape[] = [
  categories('Zipf, k 2', 2, (rank) => 1 / rank),
  categories('Zipf, k 50', 50, (rank) => rank ** -1.1),
  categories('even, k 50', 50, () => 1),
  categories('Zipf, k 1000', 1000, (rank) => rank ** -1.1),
  categories('even, k 1000', 1000, () => 1),
  // The first of five is a third more frequent by day and a third less by night.
  categories('daily cycle, k 5', 5, (rank, hour) => (rank === 1 ? 1 + ofDay(hour) / 3 : 1 / rank)),
];

/** Features of a model: mixed shapes, none of which drifts. */
export const FEATURES: readonly Shape[] = [...NUMBERS, ...CATEGORIES];

/** What a model answers, how sure it is, and how long it takes. */
export const PREDICTED: Shape = numbers('score', (random) => random.uniform() ** 2);
export const LABELLED: Shape = categories('label', 3, (rank) => 1 / rank);
export const CONFIDENCE: Shape = numbers('confidence', (random) => 1 - 0.4 * random.uniform() ** 2);
/** Milliseconds; a tenth slower at the busiest time of the day. */
export const LATENCY: Shape = numbers(
  'latency',
  (random, hour) => 20 * (1 + 0.1 * ofDay(hour)) * Math.exp(0.5 * random.normal()),
);

function categories(name: string, k: number, weightOf: (rank: number, hour: number) => number): Shape {
  const keys = Array.from({ length: k }, (_, i) => `v${i + 1}`);
  return {
    name,
    kind: 'category',
    draw: (random, n, hour) => {
      const ends = new Float64Array(k);
      let sum = 0;
      for (let i = 0; i < k; i++) {
        sum += weightOf(i + 1, hour);
        ends[i] = sum;
      }
      return { keys: Array.from({ length: n }, () => keys[firstAtLeast(ends, random.uniform() * sum)]!) };
    },
  };
}

/** The first place whose number is at least `at`, in ascending numbers the last of which is. */
function firstAtLeast(ascending: Float64Array, at: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}

import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import type { Random } from '../../../collector/src/drift/random.ts';

/** What a field holds: values drawn one by one, each independent of the others. */
export type Shape = {
  readonly name: string;
  readonly kind: 'number' | 'category';
  readonly draw: (random: Random) => number;
};

const exponential = (random: Random) => -Math.log(random.uniform());

/** Five shapes of numbers. */
export const NUMBERS: readonly Shape[] = [
  { name: 'normal', kind: 'number', draw: (random) => random.normal() },
  { name: 'heavy tail', kind: 'number', draw: (random) => Math.exp(random.normal()) },
  {
    name: 'zero-inflated',
    kind: 'number',
    draw: (random) => (random.uniform() < 0.65 ? 0 : Math.exp(random.normal())),
  },
  { name: 'few values', kind: 'number', draw: (random) => Math.floor(1.5 * exponential(random)) },
  {
    name: 'constant but 2 %',
    kind: 'number',
    draw: (random) => (random.uniform() < 0.98 ? 5 : 5 + random.normal()),
  },
];

/** Categories: three shapes of 2, 50 and 1 000. */
export const CATEGORIES: readonly Shape[] = [2, 50, 1000].flatMap((k) => [
  categories(`Zipf, k ${k}`, k, (rank) => rank ** -1.1),
  categories(`even, k ${k}`, k, () => 1),
  categories(`90 % one, k ${k}`, k, (rank) => (rank === 1 ? 9 * (k - 1) : 1)),
]);

/** All of them. */
export const SHAPES: readonly Shape[] = [...NUMBERS, ...CATEGORIES];

function categories(name: string, k: number, weightOf: (rank: number) => number): Shape {
  const ends = new Float64Array(k);
  let sum = 0;
  for (let i = 0; i < k; i++) {
    sum += weightOf(i + 1);
    ends[i] = sum;
  }
  const draw = (random: Random) => {
    const at = random.uniform() * sum;
    let [low, high] = [0, k - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! >= at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return { name, kind: 'category', draw };
}

/** Values of a shape; categories by number. */
export function drawn(shape: Shape, n: number, random: Random): Float64Array {
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = shape.draw(random);
  return values;
}

/** The values in the sketches that an agent, or a baseline, puts them in. */
export function summaryOf(kind: 'number' | 'category', values: Float64Array, isBaseline = false): Summary {
  const summary = new Summary(kind, isBaseline ? { sizeRule: BASELINE_SIZE_RULE } : {});
  if (kind === 'number') {
    for (let from = 0; from < values.length; from += 2048) summary.addNumbers(values.subarray(from, from + 2048));
  } else {
    for (const value of values) summary.add(keyOf(value));
  }
  return summary;
}

const KEYS = Array.from({ length: 1000 }, (_, i) => `category-${i}`);

function keyOf(value: number): string {
  return KEYS[value]!;
}

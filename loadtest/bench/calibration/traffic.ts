import type { Random } from '../../../collector/src/drift/random.ts';

/** Traffic that comes window after window, and how many values a window has. */
export type Traffic = {
  readonly name: string;
  /** A source that gives the values of the hours since Monday 00:00 in turn. */
  readonly start: (random: Random, nLive: number) => (hour: number) => Float64Array;
};

/** Values that do not drift and are no independent draws; and some that are, to compare with. */
export const TRAFFIC: readonly Traffic[] = [
  {
    name: 'independent',
    start: (random, n) => () => fill(n, () => random.normal()),
  },
  {
    // Each value is near the one before it: phi 0.9, so n of them tell as much of the mean as n / 19 independent ones.
    name: 'AR(1), phi 0.9',
    start: (random, n) => {
      let x = random.normal();
      return () =>
        fill(n, () => {
          x = 0.9 * x + Math.sqrt(1 - 0.81) * random.normal();
          return x;
        });
    },
  },
  {
    // Users send ten values on average; half of the variance is between users.
    name: 'by user',
    start: (random, n) => () => {
      let left = 0;
      let user = 0;
      return fill(n, () => {
        if (left === 0) {
          left = 1 + Math.floor(-10 * Math.log(random.uniform()));
          user = Math.SQRT1_2 * random.normal();
        }
        left--;
        return user + Math.SQRT1_2 * random.normal();
      });
    },
  },
  {
    // The mean goes up and down by half a deviation over the day, and nights have a third of the values.
    name: 'daily cycle',
    start: (random, n) => (hour) => {
      const sine = Math.sin((2 * Math.PI * hour) / 24);
      return fill(Math.round((n * (2 + sine)) / 3), () => 0.5 * sine + random.normal());
    },
  },
];

function fill(n: number, draw: () => number): Float64Array {
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = draw();
  return values;
}

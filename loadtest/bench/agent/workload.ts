import { normal, seeded } from '../seeded.ts';

/** Features of one request: 20 numbers and 5 categories, as a parsed request holds them. */
export type Features = Readonly<Record<string, number | string>>;
export type Answer = { readonly minutes: number; readonly p: number };
/** What is watched: it answers at once, so that everything measured is the watcher's. */
export type Predict = (features: Features) => Promise<Answer>;

export const NUMERIC = 20;
const CATEGORIES: readonly (readonly string[])[] = [
  ['AA', 'UA', 'DL', 'WN', 'US', 'NW', 'CO', 'AS'],
  ['ORD', 'ATL', 'DFW', 'LAX', 'PHX', 'STL', 'DTW', 'MSP', 'LAS', 'DEN', 'IAH', 'SFO', 'PHL', 'EWR', 'CLT'],
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  ['jet', 'turboprop'],
  ['web', 'app', 'desk', 'agent'],
];

/** Requests of `width` numbers and five categories, made one after the other from a seed. */
export function requests(count: number, seed: number, width = NUMERIC): Features[] {
  const random = seeded(seed);
  const made = Array.from({ length: count }, () => {
    const features: Record<string, number | string> = {};
    for (let i = 0; i < width; i++) features[`number_${i}`] = shaped(i, random);
    for (const [i, values] of CATEGORIES.entries()) {
      // Squared, so that some are frequent and some rare.
      features[`category_${i}`] = values[Math.floor(random() ** 2 * values.length)]!;
    }
    return features;
  });
  // As a body parser leaves them: objects that were built by computed names are slower to read.
  return JSON.parse(JSON.stringify(made)) as Features[];
}

/** Columns of several shapes: normal, log-normal, whole numbers, uniform, mostly zero. */
function shaped(column: number, random: () => number): number {
  switch (column % 5) {
    case 0:
      return normal(random);
    case 1:
      return Math.exp(normal(random));
    case 2:
      return Math.floor(random() * 24);
    case 3:
      return random() * 1_000;
    default:
      return random() < 0.6 ? 0 : 5 + normal(random);
  }
}

/** Names of the features, in order. */
export const NAMES: readonly string[] = Object.keys(requests(1, 1)[0]!);

/** A model that costs next to nothing. */
export async function predict(features: Features): Promise<Answer> {
  const x = features.number_0 as number;
  return { minutes: x * 10, p: x - Math.floor(x) };
}

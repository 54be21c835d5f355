import { type SeriesKind, Summary } from '@tidemark/sketch';
import { normal, seeded } from '../seeded.ts';

/** Values of one column, made once and taken in slices from then on: making them costs more than sketching them. */
const RING = 1 << 17;
const NUMBERS = 20;
/** Keys of the five categories. */
const KEYS = [4, 15, 60, 200, 200] as const;

/** One column of an inference: what it is called, and a ring of its values. */
export type Column = {
  readonly stage: string;
  readonly field: string;
  readonly kind: SeriesKind;
  readonly values: Float64Array | readonly string[];
};

/** 25 features (20 numbers, 5 categories of up to 200 keys), prediction, confidence and latency. */
export function makeColumns(seed: number): Column[] {
  const random = seeded(seed);
  const numbers = Array.from({ length: NUMBERS }, (_, i) => numeric('feature', `number_${i}`, () => shaped(i, random)));
  const categories = KEYS.map((keys, i): Column => {
    // Cubed, so that few are frequent and many rare.
    const values = Array.from({ length: RING }, () => `key-${Math.floor(random() ** 3 * keys)}`);
    return { stage: 'feature', field: `category_${i}`, kind: 'category', values };
  });
  return [
    ...numbers,
    ...categories,
    numeric('prediction', 'value', () => 30 + 12 * normal(random)),
    numeric('confidence', 'value', () => Math.sqrt(random())),
    numeric('latency', 'ms', () => Math.exp(1 + 0.4 * normal(random))),
  ];
}

/** Summaries of `count` inferences, of each column in turn; `random` chooses which part of the ring they are. */
export function summarise(columns: readonly Column[], count: number, random: () => number): Summary[] {
  return columns.map(({ kind, values }) => {
    const summary = new Summary(kind);
    for (let left = count; left > 0; ) {
      const from = Math.floor(random() * (RING / 2));
      const n = Math.min(left, RING / 2);
      if (values instanceof Float64Array) summary.addNumbers(values.subarray(from, from + n));
      else for (let i = from; i < from + n; i++) summary.add(values[i]);
      left -= n;
    }
    return summary;
  });
}

/** The inference at a place of the ring as a JSON row would hold it. */
export function inference(columns: readonly Column[], at: number): Record<string, Record<string, number | string>> {
  const body: Record<string, Record<string, number | string>> = {};
  for (const { stage, field, values } of columns) {
    body[stage] ??= {};
    body[stage][field] = values[at % RING]!;
  }
  return body;
}

function numeric(stage: string, field: string, next: () => number): Column {
  return { stage, field, kind: 'number', values: Float64Array.from({ length: RING }, next) };
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

import { seeded } from '../bench/seeded.ts';

/** A series that every row of a model has a value of. */
export type SeriesShape = {
  readonly stage: string;
  readonly field: string;
  readonly kind: 'number' | 'category';
  /** Share of rows, 0 to 1, in which the value is missing. */
  readonly missing: number;
};

export type ModelShape = {
  readonly model: string;
  readonly version: string;
  readonly series: readonly SeriesShape[];
  /** Of all agents together, on the average of a day. */
  readonly rowsPerSecond: number;
};

/** What a fleet serves, and how much of it. */
export type FleetShape = {
  readonly models: readonly ModelShape[];
  /** Models that one agent serves. */
  readonly modelsPerAgent: number;
  /** Width of windows, in ms: a minute or an hour. */
  readonly windowMs: number;
  /** An agent sends its deltas once in so many ms. */
  readonly flushMs: number;
  /** How far the traffic of an hour is off the average of the day at most, 0 to 1; the peak is at noon UTC. */
  readonly dailySwing: number;
};

export type ShapeOptions = {
  readonly seed: number;
  readonly models: number;
  /** Series of one model: numbers, with a category for every fifth, a prediction and a latency. */
  readonly seriesPerModel: number;
  readonly modelsPerAgent: number;
  readonly rowsPerSecond: number;
  readonly windowMs?: number;
  readonly flushMs?: number;
  readonly dailySwing?: number;
};

/** A fleet's shape; models differ in traffic (up to nine to one) and in how often values are missing, as the seed says. */
export function makeShape(options: ShapeOptions): FleetShape {
  const random = seeded(options.seed);
  const weights = Array.from({ length: options.models }, () => 1 + 8 * random() ** 2);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const models = weights.map((weight, i): ModelShape => {
    return {
      model: `model-${i}`,
      version: '1',
      series: Array.from({ length: options.seriesPerModel }, (_, field) => makeSeries(field, random)),
      rowsPerSecond: (options.rowsPerSecond * weight) / whole,
    };
  });
  return {
    models,
    modelsPerAgent: Math.min(options.modelsPerAgent, options.models),
    windowMs: options.windowMs ?? 60_000,
    flushMs: options.flushMs ?? 10_000,
    dailySwing: options.dailySwing ?? 0.5,
  };
}

function makeSeries(i: number, random: () => number): SeriesShape {
  if (i === 0) return { stage: 'prediction', field: 'score', kind: 'number', missing: 0 };
  if (i === 1) return { stage: 'latency', field: 'ms', kind: 'number', missing: 0 };
  const missing = random() < 0.3 ? 0.2 * random() : 0;
  return { stage: 'feature', field: `f${i}`, kind: i % 5 === 0 ? 'category' : 'number', missing };
}

/** Traffic at a time (ms since the epoch) as a multiple of the day's average. */
export function trafficAt({ dailySwing }: FleetShape, time: number): number {
  const turn = (time % 86_400_000) / 86_400_000;
  return 1 - dailySwing * Math.cos(2 * Math.PI * turn);
}

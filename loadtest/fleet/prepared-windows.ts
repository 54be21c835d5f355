import { encodeSummary, type SummaryMessage } from '@tidemark/proto';
import { Summary } from '@tidemark/sketch';
import { normal, seeded } from '../bench/seeded.ts';
import type { FleetShape, SeriesShape } from './shape.ts';

/** Exactly what one series of a delta holds. Values are whole numbers, so sums are exact; of categories the sum is 0. */
export type SeriesCount = { readonly valid: number; readonly missing: number; readonly sum: number };

/** A delta of so many rows of a model: what travels, and what it holds, series by series in the order of the shape. */
export type PreparedWindow = {
  readonly summaries: readonly SummaryMessage[];
  readonly counts: readonly SeriesCount[];
  /** About how many bytes it takes on the wire. */
  readonly bytes: number;
};

/** Sizes of deltas kept, of all models together. */
const MAX_KEPT = 4_096;
const CATEGORIES = 12;

/**
 * Real sketches for deltas of any number of rows, made once and shared by all agents: what makes a fleet of a thousand
 * cheap. Deltas of one model and size are alike; the collector cannot know.
 */
export class PreparedWindows {
  readonly #shape: FleetShape;
  readonly #seed: number;
  readonly #kept = new Map<string, PreparedWindow>();

  constructor(shape: FleetShape, seed: number) {
    this.#shape = shape;
    this.#seed = seed;
  }

  /** The delta of `rows` rows of a model; the same for the same seed. */
  of(model: number, rows: number): PreparedWindow {
    const key = `${model}/${rows}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const made = this.#make(model, rows);
    this.#kept.set(key, made);
    if (this.#kept.size > MAX_KEPT) for (const oldest of this.#kept.keys()) return this.#forget(oldest, made);
    return made;
  }

  #forget(oldest: string, made: PreparedWindow): PreparedWindow {
    this.#kept.delete(oldest);
    return made;
  }

  #make(model: number, rows: number): PreparedWindow {
    const shape = this.#shape.models[model];
    if (shape === undefined) throw new RangeError(`expected a model below ${this.#shape.models.length}, got ${model}`);
    const random = seeded(this.#seed ^ (model * 7_919 + rows));
    const summaries: SummaryMessage[] = [];
    const counts: SeriesCount[] = [];
    for (const series of shape.series) {
      const { summary, sum } = fill(series, rows, random);
      summaries.push(encodeSummary({ stage: series.stage, field: series.field, slice: '' }, summary));
      counts.push({ valid: summary.kinds.valid, missing: summary.kinds.missing, sum });
    }
    const bytes = summaries.reduce((total, { digest, moments, categories }) => {
      return total + digest.length + moments.length + categories.length + 60;
    }, 0);
    return { summaries, counts, bytes };
  }
}

function fill({ kind, missing }: SeriesShape, rows: number, random: () => number): { summary: Summary; sum: number } {
  const summary = new Summary(kind);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    if (random() < missing) summary.add(null);
    else if (kind === 'category') summary.add(`key-${Math.floor(CATEGORIES * random() ** 2)}`);
    else {
      const value = Math.round(500 + 100 * normal(random));
      sum += value;
      summary.add(value);
    }
  }
  return { summary, sum };
}

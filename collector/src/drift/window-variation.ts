import { NullDistribution } from './null-distribution.ts';
import { hourOfWeek, type SlotWidth, slotted, type WindowScore } from './time-slots.ts';

/** A null with the variation between the baseline's own windows in it. */
export type WidenedNull = {
  readonly null: NullDistribution;
  /** Windows it was learnt from. */
  readonly windows: number;
  /** Whether windows of the same hour of the day or of the week were compared, as traffic turned out to cycle. */
  readonly slots: SlotWidth | null;
  /** How much wider than by independent draws: of the spreads, 1 and more. */
  readonly inflation: number;
};

/** Fewer windows say nothing of how windows vary; from so many on their own tail is fitted instead of the independent one's shape. */
const LEAST_WINDOWS = 8;
const OWN_TAIL = 100;

/** Nulls that are kept, for a size and a slot each; the one not asked for the longest goes first. */
const MOST_KEPT = 256;
/** Sizes are taken alike within a sixteenth of an octave, which moves no quantile by more than 2 %. */
const PER_OCTAVE = 16;

/** What the widening needs. */
export type Variation = {
  /** The null of independent draws by number of values. */
  readonly independent: (n: number) => NullDistribution | null;
  readonly windows: readonly WindowScore[];
  /** Whether these windows are what the baseline was merged from: then they score lower than new ones will. */
  readonly isWithin: boolean;
};

/**
 * The null of independent draws, widened to how much the baseline's own windows varied: at each level the larger of the two. Real
 * values come in runs, by user and by the hour, and count for fewer than they are (Kish 1965, Survey sampling, "design effect";
 * Rao and Scott 1981 for chi-square statistics), so the independent null alone alarms ten times too often and more.
 */
export class WindowVariation {
  readonly #variation: Variation;
  readonly #windows: readonly WindowScore[];
  readonly #widest: number;
  readonly #kept = new Map<string, WidenedNull | null>();

  constructor(variation: Variation) {
    this.#variation = variation;
    this.#windows = variation.windows.filter(({ score, values }) => Number.isFinite(score) && values > 0);
    this.#widest = this.#windows.reduce((most, { values }) => Math.max(most, values), 0);
  }

  /**
   * The null for a window of `nLive` values that begins at `startMs`, milliseconds since the epoch (null: whatever the hour). null where
   * the baseline's windows are fewer than 8 or nothing is known of independent draws.
   */
  nullFor(nLive: number, startMs: number | null): WidenedNull | null {
    const step = Math.round(PER_OCTAVE * Math.log2(Math.max(1, nLive)));
    const key = `${step}/${startMs === null ? '' : hourOfWeek(startMs)}`;
    let widened = this.#kept.get(key);
    if (widened === undefined) widened = this.#widened(Math.round(2 ** (step / PER_OCTAVE)), startMs);
    this.#kept.delete(key);
    this.#kept.set(key, widened);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return widened;
  }

  #widened(nLive: number, startMs: number | null): WidenedNull | null {
    const { independent } = this.#variation;
    const alone = independent(nLive);
    if (alone === null || this.#windows.length < LEAST_WINDOWS) return null;
    // Wider windows than there were in the baseline are not taken to vary less: what varies slowly does not average out.
    const target = independent(Math.min(nLive, this.#widest)) ?? alone;
    const asLive = this.#asLive(target);
    const cycle = startMs === null ? null : slotted(asLive, startMs, halvesWithSize(independent, nLive));
    const scores = cycle?.scores ?? asLive.map(({ score }) => score);
    const own = scores.length >= OWN_TAIL ? NullDistribution.ofDraws(scores) : warped(target, scores);
    const larger = NullDistribution.larger(alone, own);
    const inflation = alone.spread > 0 ? larger.spread / alone.spread : 1;
    return { null: larger, windows: scores.length, slots: cycle?.width ?? null, inflation: Math.max(1, inflation) };
  }

  /** The windows' scores as they would have been in windows of the size of `target`. */
  #asLive(target: NullDistribution): WindowScore[] {
    const { independent, isWithin } = this.#variation;
    const nulls = new Map<number, NullDistribution | null>();
    return this.#windows.flatMap((window) => {
      const size = isWithin ? freshSize(window.values, this.#windows.length) : window.values;
      const own = nulls.get(size) ?? independent(size);
      nulls.set(size, own);
      return own === null ? [] : [{ ...window, score: rescaled(window.score, own, target) }];
    });
  }
}

/**
 * A window of n of the N values of a baseline differs from it by noise of 1/n - 1/N instead of 1/n + 1/N, as a new window of (W + 1)
 * / (W - 1) times as many values would, W = N / n being the number of windows.
 */
function freshSize(values: number, windows: number): number {
  return (values * (windows + 1)) / (windows - 1);
}

/** What a score in a window of one size would have been in another: as far from the median in spreads of the null. */
function rescaled(score: number, from: NullDistribution, to: NullDistribution): number {
  if (!(from.spread > 0 && to.spread > 0)) return score;
  return to.median + ((score - from.median) / from.spread) * to.spread;
}

/** Whether the score falls like 1/n, as squares of distances do, and not like its root. */
function halvesWithSize(independent: Variation['independent'], n: number): boolean {
  const [one, double] = [independent(n), independent(2 * n)];
  return one !== null && double !== null && double.spread < one.spread * 2 ** -0.75;
}

/**
 * The independent null with mean and relative deviation of a few windows' scores: the power of it that varies as they do, in their
 * scale. It keeps the form of the tail, which few windows cannot tell. The deviation is widened as a t distribution's would be, for the
 * few windows it is known from.
 */
function warped(independent: NullDistribution, scores: readonly number[]): NullDistribution {
  const n = scores.length;
  const mean = scores.reduce((sum, score) => sum + score, 0) / n;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (n - 1);
  const deviation = Math.sqrt((variance * (1 + 1 / n) * (n - 1)) / (n - 3));
  const shape = independent.moments;
  if (!(shape.deviation > 0)) return independent.map((quantile) => Math.max(quantile, ...scores));
  if (!(independent.quantiles[0]! >= 0 && mean > 0 && Math.min(...scores) >= 0)) {
    return independent.map((quantile) => mean + ((quantile - shape.mean) / shape.deviation) * deviation);
  }
  let [low, high] = [0.02, 6];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    const powered = independent.map((quantile) => quantile ** middle).moments;
    if (powered.deviation / powered.mean < deviation / mean) low = middle;
    else high = middle;
  }
  const power = independent.map((quantile) => quantile ** low);
  const scale = mean / power.moments.mean;
  return power.map((quantile) => quantile * scale);
}

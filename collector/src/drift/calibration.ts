import type { Summary } from '@tidemark/sketch';
import { BaselineNulls } from './baseline-nulls.ts';
import { type CalibratedScore, calibratedScore } from './calibrated-score.ts';
import type { Measure } from './index.ts';
import { oriented, type Side } from './side.ts';
import type { Reference, SimulationOptions } from './simulated-null.ts';
import { WindowVariation } from './window-variation.ts';

/** A measure as a rule names it, and the side on which the rule looks. */
export type NamedMeasure = { readonly name: string; readonly side: Side; readonly measure: Measure };

/** One of the windows that the baseline was made of, or that came in its time. */
export type BaselineWindow = { readonly summary: Summary; readonly startMs: number };

/** What a series is calibrated from. */
export type CalibrationSource = {
  readonly reference: Reference;
  readonly measures: readonly NamedMeasure[];
  /** Of the same span as is judged; none where the baseline has no windows, as one from a file. */
  readonly windows: readonly BaselineWindow[];
  /** Whether the baseline was merged from these windows. */
  readonly isWithin: boolean;
  readonly options: SimulationOptions;
};

/** A live window to score: it begins at `startMs`; below `minSamples` there is no verdict. */
export type LiveWindow = { readonly summary: Summary; readonly startMs: number; readonly minSamples: number };

/**
 * Everything that is known of one series of a baseline, to calibrate its scores with. Nulls and the scores of the baseline's windows
 * are made when first asked for (0.1 to 2 s for a new size of window), and kept as long as this is: keep it as long as the baseline.
 */
export class Calibration {
  readonly #source: CalibrationSource;
  readonly #nulls: BaselineNulls;
  readonly #variations = new Map<string, WindowVariation>();

  constructor(source: CalibrationSource) {
    this.#source = source;
    const measures = source.measures.map(({ name, side, measure }) => ({ name, side, score: measure.score }));
    this.#nulls = new BaselineNulls(source.reference, measures, source.options);
  }

  /** The score of a live window by the measure `name`. Throws a RangeError for a measure that is not among those given. */
  score(name: string, { summary: live, startMs, minSamples }: LiveWindow): CalibratedScore {
    const { measures, reference } = this.#source;
    const named = measures.find((one) => one.name === name);
    if (named === undefined) {
      throw new RangeError(`no measure '${name}' is calibrated here; there are: ${measures.map((one) => one.name)}`);
    }
    const { measure, side } = named;
    const nLive = measure.samples(live);
    const isEnough = nLive >= minSamples && nLive > 0;
    const input = { live, reference: reference.summary, bins: reference.bins };
    return calibratedScore({
      score: isEnough ? measure.score(input) : Number.NaN,
      side,
      deviation: measure.unit === 'value' ? reference.summary.moments.deviation : null,
      nRef: measure.samples(reference.summary),
      nLive,
      minSamples,
      independent: isEnough ? this.#nulls.nullOf(name, nLive) : null,
      widened: isEnough ? this.#variationOf(named).nullFor(nLive, startMs) : null,
    });
  }

  #variationOf({ name, side, measure }: NamedMeasure): WindowVariation {
    const known = this.#variations.get(name);
    if (known !== undefined) return known;
    const { windows, isWithin, reference } = this.#source;
    const variation = new WindowVariation({
      independent: (n) => this.#nulls.nullOf(name, n),
      windows: windows.map(({ summary, startMs }) => ({
        score: oriented(measure.score({ live: summary, reference: reference.summary, bins: reference.bins }), side),
        values: measure.samples(summary),
        startMs,
      })),
      isWithin,
    });
    this.#variations.set(name, variation);
    return variation;
  }
}

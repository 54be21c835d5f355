import { BaselineNulls } from '../drift/baseline-nulls.ts';
import { MEASURES } from '../drift/index.ts';
import { DEFAULT_DRAWS } from '../drift/simulated-null.ts';
import { WindowVariation } from '../drift/window-variation.ts';
import type { JudgedWindow, Nulls, Precision } from './chance.ts';
import { type PackedSubject, unpackReference } from './packed-subject.ts';

/** Windows that are drawn. */
const DRAWS: Readonly<Record<Precision, number>> = { usual: DEFAULT_DRAWS, far: 8 * DEFAULT_DRAWS };

/** The nulls of one subject: drawn when a window of a new size is asked about (seconds), and kept. */
export class SubjectNulls {
  readonly #measure: string;
  readonly #independent: BaselineNulls;
  readonly #variation: WindowVariation;

  constructor(subject: PackedSubject) {
    const { measure, side, seed, precision, windows } = subject;
    const { score } = MEASURES[measure];
    this.#measure = measure;
    const options = { seed, draws: DRAWS[precision] };
    this.#independent = new BaselineNulls(unpackReference(subject), [{ name: measure, side, score }], options);
    this.#variation = new WindowVariation({
      independent: (n) => this.#independent.nullOf(measure, n),
      windows,
      isWithin: true,
    });
  }

  at({ values, startMs }: JudgedWindow): Nulls {
    return {
      independent: this.#independent.nullOf(this.#measure, values),
      widened: this.#variation.nullFor(values, startMs),
    };
  }
}

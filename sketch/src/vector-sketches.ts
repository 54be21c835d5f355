import { SketchError } from './errors.ts';
import type { KindSketches, SummaryOptions, SummaryParts } from './kind-sketches.ts';
import { Kinds } from './kinds.ts';
import { Projections } from './projections.ts';
import { isVector, type VectorFault } from './projections-vector.ts';

/** A vector counts once, by its worst component. */
const KIND_OF_FAULT = {
  size: 'wrongType',
  type: 'wrongType',
  nan: 'nan',
  positiveInfinity: 'positiveInfinity',
  negativeInfinity: 'negativeInfinity',
} as const satisfies Record<VectorFault, keyof Kinds>;

/** What is kept of a series of vectors: their projections. */
export class VectorSketches implements KindSketches {
  readonly kinds: Kinds = new Kinds();
  readonly #options: SummaryOptions;
  #projections: Projections | undefined;
  /** Whether what the projections are was asked for, so that others are refused from the start. */
  #declared: boolean;

  /** Throws SKETCH_OPTION_INVALID for projections that there cannot be. */
  constructor(options: SummaryOptions) {
    this.#options = options;
    this.#declared = options.projections !== undefined;
    if (this.#declared) this.#projections = this.#newProjections(options.projections);
  }

  /** Projections of the valid vectors. */
  get projections(): Projections {
    this.#projections ??= this.#newProjections();
    return this.#projections;
  }

  get memoryBytes(): number {
    return this.#projections?.memoryBytes ?? 0;
  }

  /** Takes arrays of numbers and typed arrays, but for those of bigints, of the size that is declared or came first. */
  add(value: unknown): void {
    if (isVector(value)) this.#addVector(value);
    else this.kinds.addOdd(value);
  }

  addStrided(values: ArrayLike<unknown>, first: number, stride: number, count: number): void {
    for (let i = 0, at = first; i < count; i++, at += stride) this.add(values[at]);
  }

  merge(other: Required<SummaryParts>): void {
    const { projections } = other;
    if (projections.count > 0) {
      // Nothing counted and nothing asked for: then the others decide.
      if (this.projections.count === 0 && !this.#declared) {
        this.#projections = this.#newProjections({ directions: projections.directions, seed: projections.seed });
      }
      this.projections.merge(projections);
    }
    this.kinds.merge(other.kinds);
  }

  clone(): VectorSketches {
    const { sizeRule } = this.#options;
    // The projections themselves know what they were made with.
    const twin = new VectorSketches(sizeRule ? { sizeRule } : {});
    twin.kinds.copy(this.kinds);
    twin.#projections = this.#projections?.clone();
    twin.#declared = this.#declared;
    return twin;
  }

  adopt(parts: SummaryParts): string | null {
    this.kinds.copy(parts.kinds);
    if (parts.projections !== undefined) this.#projections = parts.projections;
    if (parts.digest !== undefined || parts.moments !== undefined) return 'sketches of numbers';
    if (parts.categories !== undefined) return 'categories';
    if (parts.pairs !== undefined) return 'moments of pairs';
    if ((parts.projections?.count ?? 0) !== this.kinds.valid) return 'counts that differ';
    return this.kinds.outOfRange > 0 || this.kinds.unseen > 0 ? 'counts of what only single values can be' : null;
  }

  #addVector(vector: ArrayLike<number>): void {
    const fault = this.#faultOnAdding(vector);
    if (fault === null) this.kinds.valid++;
    else this.kinds[KIND_OF_FAULT[fault]]++;
  }

  #faultOnAdding(vector: ArrayLike<number>): VectorFault | null {
    try {
      return this.projections.take(vector);
    } catch (error) {
      if (error instanceof SketchError) throw error;
      // An array that throws where it is read (a proxy, a getter) holds no numbers that could be had.
      return 'type';
    }
  }

  #newProjections(options: SummaryOptions['projections'] = {}): Projections {
    const { sizeRule } = this.#options;
    return new Projections({ ...options, ...(sizeRule && { sizeRule }) });
  }
}

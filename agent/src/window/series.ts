import { type SeriesKind, Summary } from '@tidemark/sketch';

/** What the model version declares of a field. `known` are the values a category may have. */
export type Expectation = {
  readonly kind?: SeriesKind;
  readonly range?: { readonly min?: number; readonly max?: number };
  readonly known?: ReadonlySet<string>;
};

/** Makes of a text what may leave the process. */
export type TextFilter = (text: string) => string;

/** One stage and field of a model version, of all traffic or of a slice; `index` is its place in every window of that version. */
export class Series {
  readonly index: number;
  readonly stage: string;
  readonly field: string;
  /** Empty for all traffic. */
  readonly slice: string;
  /** What a text is counted as, where it may not leave as it is. */
  readonly filter: TextFilter | undefined;
  readonly #expectation: Expectation;
  #kind: SeriesKind | undefined;
  #vectorSize: number | undefined;
  #components = 0;

  constructor(
    index: number,
    stage: string,
    field: string,
    expectation: Expectation = {},
    slice = '',
    filter?: TextFilter,
  ) {
    this.index = index;
    this.stage = stage;
    this.field = field;
    this.slice = slice;
    this.filter = filter;
    this.#expectation = expectation;
    this.#kind = expectation.kind;
  }

  /** The value as it may leave: texts by way of the filter, where there is one. */
  outgoing(value: unknown): unknown {
    return typeof value === 'string' && this.filter !== undefined ? this.filter(value) : value;
  }

  /** Whether the values it may have are declared, so that others are counted as unseen. */
  get hasKnown(): boolean {
    return this.#expectation.known !== undefined;
  }

  /** The same field in a slice: of the same kind, and held against the same declaration. */
  inSlice(index: number, slice: string): Series {
    return new Series(
      index,
      this.stage,
      this.field,
      { ...this.#expectation, ...(this.#kind && { kind: this.#kind }) },
      slice,
      this.filter,
    );
  }

  /** Fixed by declaration, else by the first valid value; `undefined` until then. */
  get kind(): SeriesKind | undefined {
    return this.#kind;
  }

  /** Fixes the kind. Only the first call counts: a series never changes its kind. */
  determine(kind: SeriesKind): void {
    this.#kind ??= kind;
  }

  /** How many components the vectors of this series have; `undefined` until the first. */
  get vectorSize(): number | undefined {
    return this.#vectorSize;
  }

  /** How many of them are looked at. */
  get components(): number {
    return this.#components;
  }

  /** Fixes the size of the vectors, so that all windows can be merged. Only the first call counts. */
  fixVector(size: number, components: number): void {
    if (this.#vectorSize !== undefined) return;
    this.#vectorSize = size;
    this.#components = components;
  }

  /** An empty summary of this series, whose kind must be known. */
  newSummary(): Summary {
    if (this.#kind === undefined) throw new Error(`the kind of ${this.stage}/${this.field} is not known yet`);
    const { range, known } = this.#expectation;
    return new Summary(this.#kind, {
      ...(range && { range }),
      ...(known && { known }),
      ...(this.#components > 0 && { projections: { size: this.#components } }),
    });
  }
}

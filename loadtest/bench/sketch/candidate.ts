import type { Shape } from './column.ts';

/** Values come in slices of this many, one call per value. */
export const SLICE = 100;

/** Something that was built and can be asked. */
export type Subject = {
  quantiles(qs: readonly number[]): number[] | Promise<number[]>;
  /** Size on the wire, null where it has no form of its own for that. */
  readonly bytes: number | null;
  /** The same after a trip through its bytes, where that may lose something. */
  readonly decoded: Subject | null;
};

/** Merges to be timed: fresh targets are made first, outside the clock. */
export type MergeTrial = {
  prepare(): void;
  /** Merges into every target, with what it takes to be queried. @returns how many merges that was. */
  run(): number;
};

/** What a candidate with quantiles can do beside taking values. */
export type Sketcher = {
  build(values: Float64Array): Subject;
  /** One subject of all windows, merged in the order given, each through its bytes where it has some. */
  readonly merged: ((windows: readonly Float64Array[]) => Subject) | null;
  /** Into the digest of the first part, all parts are merged one by one. */
  readonly mergeTrial: ((parts: readonly Float64Array[]) => MergeTrial) | null;
};

/** One that is measured. Each has a loop, and so a call site, of its own: a shared one would become megamorphic. */
export type Candidate = {
  readonly id: string;
  readonly label: string;
  /** Why it cannot take such a column, null if it can. */
  refuses(shape: Shape): string | null;
  /** Values in the form it takes, made outside the clock. */
  prepare(values: Float64Array): Float64Array;
  /** Timed: a new sketch, all values in slices, and what it takes to be queried. @returns anything, so that nothing is dead code. */
  feed(values: Float64Array): number;
  readonly sketcher: Sketcher | null;
};

/** For candidates that take numbers as they are. */
export const asTheyAre = (values: Float64Array): Float64Array => values;
export const takesAll = (): null => null;

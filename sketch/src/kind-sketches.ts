import type { Categories } from './categories.ts';
import type { Digest } from './digest.ts';
import type { Kinds } from './kinds.ts';
import type { Moments } from './moments.ts';
import type { PairMoments } from './pair-moments.ts';
import type { Projections, ProjectionsOptions } from './projections.ts';
import type { SizeRule } from './size-rule.ts';

/** Options of a Summary. */
export type SummaryOptions = {
  /** Size rule of the digests of a 'number' or 'vector' series. */
  readonly sizeRule?: SizeRule;
  /** How many categories of a 'category' series are kept, see Categories. */
  readonly cap?: number;
  /** Declared range of a 'number' series, both ends inclusive; valid numbers outside are counted as out of range too. */
  readonly range?: { readonly min?: number; readonly max?: number };
  /** Declared categories of a 'category' series; valid ones not among them are counted as unseen too. */
  readonly known?: ReadonlySet<string>;
  /** Size of the vectors of a 'vector' series and what they are projected on, see Projections. */
  readonly projections?: Omit<ProjectionsOptions, 'sizeRule'>;
};

/** The sketches a Summary is put together from; those of the other kinds are left out. */
export type SummaryParts = {
  readonly kinds: Kinds;
  readonly moments?: Moments;
  readonly digest?: Digest;
  readonly categories?: Categories;
  readonly projections?: Projections;
  readonly pairs?: PairMoments;
};

/** What a Summary of one kind keeps: counts by kind, and the sketches of that kind. */
export type KindSketches = {
  /** Counts of all values so far. */
  readonly kinds: Kinds;
  /** About how many bytes of memory the sketches take, with their spare room; asking changes nothing. */
  readonly memoryBytes: number;
  /** Counts one value in, whatever it is. */
  add(value: unknown): void;
  /** Counts in the `count` values at `first`, `first + stride`, ... */
  addStrided(values: ArrayLike<unknown>, first: number, stride: number, count: number): void;
  /** Counts in everything that sketches of the same kind have. */
  merge(other: Required<SummaryParts>): void;
  /** An independent copy. */
  clone(): KindSketches;
  /** Makes these parts its own; answers why they cannot be of one stream, or null. */
  adopt(parts: SummaryParts): string | null;
};

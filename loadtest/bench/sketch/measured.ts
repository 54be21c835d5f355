import type { Spread } from '../spread.ts';
import type { Trait } from './streams.ts';

/** Everything by the id of the candidate; who is missing could not take the stream. */
type ByCandidate<T> = Readonly<Record<string, T>>;

/** Errors are shares of 1; of `tails` relative to the share of the nearer end. */
export type Accuracy = {
  readonly ks: number;
  readonly tails: Readonly<Record<'0.001' | '0.01' | '0.99' | '0.999', number>>;
  readonly bytes: number | null;
  /** Mean size of a window of 1 000 values. */
  readonly windowBytes: number | null;
};

export type StreamResult = {
  readonly stream: string;
  readonly traits: readonly Trait[];
  /** Values of each digest. */
  readonly n: number;
  readonly leftOut: ByCandidate<string>;
  readonly nsPerAdd: ByCandidate<Spread>;
  /** Time of the candidate over ours in the same round. */
  readonly timesOurs: ByCandidate<Spread>;
  /** Our time over that of the ring copy, and over our own on the normal stream, in the same round. */
  readonly overRaw: Spread;
  readonly overNormal: Spread;
  readonly accuracy: ByCandidate<Accuracy>;
  readonly mergeUs: ByCandidate<Spread>;
  readonly mergeTimesOurs: ByCandidate<Spread>;
};

/** KS errors of one stream at one size of window, or after so many merges. */
export type KsResult = { readonly stream: string; readonly size: number; readonly ks: ByCandidate<number> };

export type Measured = {
  readonly streams: readonly StreamResult[];
  readonly windows: readonly KsResult[];
  readonly merges: readonly KsResult[];
  /** What could not be measured, in words. */
  readonly notes: readonly string[];
};

/** The id of the candidate that the gates are about. */
export const OURS = 'tidemark';

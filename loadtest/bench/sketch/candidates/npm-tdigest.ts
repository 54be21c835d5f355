import { createRequire } from 'node:module';
import { asTheyAre, type Candidate, type MergeTrial, SLICE, type Subject, takesAll } from '../candidate.ts';

type Centroid = { mean: number; n: number };

/** The part of npm tdigest 0.1.3 that is used here; the package has no types. */
type TDigest = {
  push(x: number): void;
  push_centroid(centroids: Centroid[]): void;
  toArray(): Centroid[];
  compress(): void;
  percentile(q: number): number;
};

const { TDigest } = createRequire(import.meta.url)('tdigest') as { TDigest: new () => TDigest };

function pushSlice(digest: TDigest, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) digest.push(values[i]!);
}

function digestOf(values: Float64Array): TDigest {
  const digest = new TDigest();
  const n = values.length;
  for (let from = 0; from < n; from += SLICE) pushSlice(digest, values, from, Math.min(from + SLICE, n));
  digest.compress();
  return digest;
}

function subjectOf(digest: TDigest): Subject {
  return {
    quantiles: (qs) => qs.map((q) => digest.percentile(q)),
    bytes: JSON.stringify(digest.toArray()).length,
    decoded: null,
  };
}

/** Its own way to merge: the centroids of the other are pushed, then compressed. */
function mergeInto(target: TDigest, other: TDigest): void {
  target.push_centroid(other.toArray());
  target.compress();
}

function merged(windows: readonly Float64Array[]): Subject {
  const all = new TDigest();
  for (const window of windows) mergeInto(all, digestOf(window));
  return subjectOf(all);
}

function mergeTrial(parts: readonly Float64Array[]): MergeTrial {
  const others = parts.map(digestOf);
  let target = new TDigest();
  return {
    prepare() {
      target = new TDigest();
      mergeInto(target, others[0]!);
    },
    run() {
      for (const other of others) mergeInto(target, other);
      target.percentile(0.5);
      return others.length;
    },
  };
}

export const npmTdigest: Candidate = {
  id: 'tdigest',
  label: 'npm tdigest',
  refuses: takesAll,
  prepare: asTheyAre,
  feed: (values) => digestOf(values).percentile(0.5),
  sketcher: { build: (values) => subjectOf(digestOf(values)), merged, mergeTrial },
};

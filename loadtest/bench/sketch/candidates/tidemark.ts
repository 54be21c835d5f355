import { Digest } from '@tidemark/sketch';
import { asTheyAre, type Candidate, type MergeTrial, SLICE, type Subject, takesAll } from '../candidate.ts';

/** So many that the clock sees hundreds of microseconds. */
const TARGETS = 32;

function addSlice(digest: Digest, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) digest.add(values[i]!);
}

function feedByValue(values: Float64Array): number {
  const digest = new Digest();
  const n = values.length;
  for (let from = 0; from < n; from += SLICE) addSlice(digest, values, from, Math.min(from + SLICE, n));
  return digest.quantile(0.5);
}

const slices = new WeakMap<Float64Array, readonly Float64Array[]>();

/** Slices are made once, as a caller has them at hand: making a view costs as much as adding some values. */
function slicesOf(values: Float64Array): readonly Float64Array[] {
  const known = slices.get(values);
  if (known !== undefined) return known;
  const made: Float64Array[] = [];
  for (let from = 0; from < values.length; from += SLICE) made.push(values.subarray(from, from + SLICE));
  slices.set(values, made);
  return made;
}

function feedBySlice(values: Float64Array): number {
  const digest = new Digest();
  for (const slice of slicesOf(values)) digest.addAll(slice);
  return digest.quantile(0.5);
}

function digestOf(values: Float64Array): Digest {
  const digest = new Digest();
  digest.addAll(values);
  return digest;
}

function subjectOf(digest: Digest): Subject {
  const bytes = digest.toBytes();
  const decoded = Digest.fromBytes(bytes);
  return {
    quantiles: (qs) => digest.quantiles(qs),
    bytes: bytes.length,
    decoded: { quantiles: (qs) => decoded.quantiles(qs), bytes: bytes.length, decoded: null },
  };
}

function merged(windows: readonly Float64Array[]): Subject {
  const all = new Digest();
  for (const window of windows) all.merge(Digest.fromBytes(digestOf(window).toBytes()));
  return subjectOf(all);
}

function mergeTrial(parts: readonly Float64Array[]): MergeTrial {
  const others = parts.map(digestOf);
  const base = others[0]!.clone();
  let targets: Digest[] = [];
  return {
    prepare() {
      targets = Array.from({ length: TARGETS }, () => base.clone());
    },
    run() {
      for (const target of targets) {
        for (const other of others) target.merge(other);
        target.quantile(0.5);
      }
      return targets.length * others.length;
    },
  };
}

export const tidemark: Candidate = {
  id: 'tidemark',
  label: 'Tidemark',
  refuses: takesAll,
  prepare: asTheyAre,
  feed: feedByValue,
  sketcher: { build: (values) => subjectOf(digestOf(values)), merged, mergeTrial },
};

/** The same digest given a slice at a time; beside the point of the gates, which use `add`. */
export const tidemarkSlices: Candidate = {
  id: 'tidemark-addAll',
  label: 'Tidemark addAll',
  refuses: takesAll,
  prepare: asTheyAre,
  feed: feedBySlice,
  sketcher: null,
};

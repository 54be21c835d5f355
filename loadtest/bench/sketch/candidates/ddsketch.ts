import { DDSketch } from '@datadog/sketches-js';
import { asTheyAre, type Candidate, type MergeTrial, SLICE, type Subject, takesAll } from '../candidate.ts';

const TARGETS = 8;
const RELATIVE_ACCURACY = 0.01;

function acceptSlice(sketch: DDSketch, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) sketch.accept(values[i]!);
}

function sketchOf(values: Float64Array): DDSketch {
  const sketch = empty();
  const n = values.length;
  for (let from = 0; from < n; from += SLICE) acceptSlice(sketch, values, from, Math.min(from + SLICE, n));
  return sketch;
}

function empty(): DDSketch {
  return new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });
}

function subjectOf(sketch: DDSketch): Subject {
  return {
    quantiles: (qs) => qs.map((q) => sketch.getValueAtQuantile(q)),
    bytes: sketch.toProto().length,
    decoded: null,
  };
}

function merged(windows: readonly Float64Array[]): Subject {
  const all = empty();
  for (const window of windows) all.merge(sketchOf(window));
  return subjectOf(all);
}

function mergeTrial(parts: readonly Float64Array[]): MergeTrial {
  const others = parts.map(sketchOf);
  let targets: DDSketch[] = [];
  return {
    prepare() {
      targets = Array.from({ length: TARGETS }, () => {
        const target = empty();
        target.merge(others[0]!);
        return target;
      });
    },
    run() {
      for (const target of targets) {
        for (const other of others) target.merge(other);
        target.getValueAtQuantile(0.5);
      }
      return targets.length * others.length;
    },
  };
}

export const ddSketch: Candidate = {
  id: 'ddsketch',
  label: 'DDSketch 1 %',
  refuses: takesAll,
  prepare: asTheyAre,
  feed: (values) => sketchOf(values).getValueAtQuantile(0.5),
  sketcher: { build: (values) => subjectOf(sketchOf(values)), merged, mergeTrial },
};

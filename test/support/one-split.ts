import type { TreeEnsemble } from '../../examples/flight-delay/src/tree-ensemble.ts';

/** A tree of one split: the score is `low` where x is at most 0.5, `high` above. Its answers are known without running it. */
export function oneSplit(low: number, high: number): TreeEnsemble {
  return {
    features: ['x', 'y'],
    base: 0,
    trees: [
      {
        feature: Int16Array.of(0, -1, -1),
        threshold: Float32Array.of(0.5, 0, 0),
        left: Uint16Array.of(1, 0, 0),
        right: Uint16Array.of(2, 0, 0),
        value: Float32Array.of(0, low, high),
      },
    ],
  };
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Digest } from '@tidemark/sketch';
import { eachGap } from '../../../collector/src/drift/curve-gaps.ts';
import { HOSTILE_STREAMS, STREAMS, seeded } from '../../sketch/datasets.ts';

function digestOf(stream: string, count: number, seed: number): Digest {
  const random = seeded(seed);
  const digest = new Digest();
  for (let index = 0; index < count; index++) digest.add({ ...STREAMS, ...HOSTILE_STREAMS }[stream]!(random, index));
  return digest;
}

for (const stream of Object.keys({ ...STREAMS, ...HOSTILE_STREAMS })) {
  test(`at every knot of both (${stream}) the gap is that of cdf and cdfBelow, to the last bit`, () => {
    for (const [one, other] of [
      [digestOf(stream, 3000, 1), digestOf(stream, 3000, 2)],
      [digestOf(stream, 40, 3), digestOf('normal', 3000, 4)],
    ] as const) {
      const found: [number, number, number][] = [];
      eachGap(one, other, (x, below, at) => found.push([x, below, at]));
      const knots = [...new Set([...one.knots(), ...other.knots()])].sort((a, b) => a - b);
      assert.deepEqual(
        found,
        knots.map((x) => [x, one.cdfBelow(x) - other.cdfBelow(x), one.cdf(x) - other.cdf(x)]),
      );
    }
  });
}

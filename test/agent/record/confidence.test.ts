import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Confidence, ConfidenceReading, confidenceOf } from '../../../agent/src/record/confidence.ts';

const logits = fc.array(fc.double({ min: -300, max: 300, noNaN: true }), { minLength: 2, maxLength: 40 });
const shares = logits.map((scores) => {
  const top = Math.max(...scores);
  const powers = scores.map((z) => Math.exp(z - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
});

const near = (got: Confidence, wanted: Confidence, by = 1e-9) => {
  for (const key of ['value', 'margin', 'entropy'] as const)
    assert.ok(Math.abs(got[key] - wanted[key]) <= by, `${key}: ${got[key]} for ${wanted[key]}`);
  assert.equal(got.impossible, wanted.impossible);
};

describe('the confidence of an answer', () => {
  it('is the same for logits as for their softmax', () => {
    fc.assert(
      fc.property(logits, (scores) => {
        const top = Math.max(...scores);
        const powers = scores.map((z) => Math.exp(z - top));
        const sum = powers.reduce((a, b) => a + b, 0);
        const soft = powers.map((p) => p / sum);
        near(confidenceOf(scores, 'logits'), confidenceOf(soft, 'probabilities'));
      }),
    );
  });

  it('does not change when all logits are shifted, nor overflow', () => {
    fc.assert(
      fc.property(logits, fc.constantFrom(-1e6, -700, 3, 800, 1e6), (scores, by) => {
        const shifted = scores.map((z) => z + by);
        near(confidenceOf(shifted, 'logits'), confidenceOf(scores, 'logits'), 1e-6);
      }),
    );
    assert.deepEqual(confidenceOf([1e308, -1e308], 'logits'), { value: 1, margin: 1, entropy: 0, impossible: false });
  });

  it('keeps within its bounds, and is the same in any order', () => {
    fc.assert(
      fc.property(shares, (probabilities) => {
        const { value, margin, entropy, impossible } = confidenceOf(probabilities, 'probabilities');
        assert.ok(value >= 1 / probabilities.length - 1e-12 && value <= 1);
        assert.ok(margin >= 0 && margin <= value);
        assert.ok(entropy >= 0 && entropy <= 1);
        assert.equal(impossible, false);
        near(confidenceOf(probabilities.toReversed(), 'probabilities'), { value, margin, entropy, impossible });
      }),
    );
  });

  it('has an entropy of 1 where all classes are alike and of 0 where one is certain', () => {
    for (const classes of [2, 3, 10, 1_000]) {
      const alike = new Float32Array(classes).fill(1 / classes);
      near(confidenceOf(alike), { value: 1 / classes, margin: 0, entropy: 1, impossible: false }, 1e-6);
      near(confidenceOf(new Float32Array(classes).fill(5), 'logits'), confidenceOf(alike), 1e-6);
      const sure = new Float32Array(classes);
      sure[classes - 1] = 1;
      assert.deepEqual(confidenceOf(sure), { value: 1, margin: 1, entropy: 0, impossible: false });
    }
  });

  it('has the entropy that Shannon gives for 1/2, 1/4, 1/4', () => {
    // 1.5 bits of log2 3.
    near(confidenceOf([0.25, 0.5, 0.25]), { value: 0.5, margin: 0.25, entropy: 1.5 / Math.log2(3), impossible: false });
  });

  it('reads one column as the probability of one of two classes', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
        near(confidenceOf([p], 'binary'), confidenceOf([p, 1 - p], 'probabilities'));
      }),
    );
    assert.equal(confidenceOf([1.5], 'binary').impossible, true);
    assert.equal(confidenceOf([0.5, 0.5], 'binary').impossible, true);
  });

  const IMPOSSIBLE: Record<string, readonly number[]> = {
    'a negative share': [-0.1, 1.1],
    'a share above 1': [1.2, 0],
    'too little in all': [0.5, 0.4],
    'too much in all': [0.9, 0.9],
    'no number': [Number.NaN, 0.5],
    'an infinity': [Number.POSITIVE_INFINITY, 0],
    nothing: [],
  };
  for (const [name, scores] of Object.entries(IMPOSSIBLE)) {
    it(`says that a row is no distribution: ${name}`, () => {
      const { impossible, entropy } = confidenceOf(scores, 'probabilities');
      assert.deepEqual([impossible, entropy], [true, Number.NaN]);
    });
  }

  it('lets a sum be off by rounding', () => {
    assert.equal(confidenceOf(new Float32Array(3).fill(0.3333), 'probabilities').impossible, false);
    assert.equal(confidenceOf([0.5005, 0.5004], 'probabilities').impossible, false);
    assert.equal(confidenceOf([0.501, 0.5005], 'probabilities').impossible, true);
  });

  it('takes scores for logits where they can be no probabilities', () => {
    near(confidenceOf([2, -1, 0]), confidenceOf([2, -1, 0], 'logits'));
    near(confidenceOf([0.2, 0.8]), confidenceOf([0.2, 0.8], 'probabilities'));
  });

  it('takes masked logits, but not a row of nothing else', () => {
    const masked = confidenceOf([0, 0, Number.NEGATIVE_INFINITY], 'logits');
    near(masked, { value: 0.5, margin: 0, entropy: Math.LN2 / Math.log(3), impossible: false });
    assert.equal(confidenceOf([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], 'logits').impossible, true);
  });

  it('reads a part of an array as it would read it alone, after any other', () => {
    const reading = new ConfidenceReading();
    fc.assert(
      fc.property(shares, fc.constantFrom('probabilities', 'logits', 'auto'), (probabilities, from) => {
        const padded = [9, Number.NaN, ...probabilities, Number.NaN];
        const { value, margin, entropy, impossible } = reading.read(padded, 2, probabilities.length, from);
        assert.deepEqual({ value, margin, entropy, impossible }, confidenceOf(probabilities, from));
      }),
    );
  });
});

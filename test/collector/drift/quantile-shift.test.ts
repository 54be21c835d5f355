import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactQuantileShift, quantileShift } from '../../../collector/src/drift/quantile-shift.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

const ramp = Array.from({ length: 401 }, (_, index) => index);

test('a tail that moves is seen while median and mean stay', () => {
  const reference = summaryOf('number', ramp);
  // The lower tenth goes down by 100 and the upper tenth up by 100.
  const live = ramp.map((x) => (x <= 40 ? x - 100 : x >= 360 ? x + 100 : x));
  const expected = 100 / reference.moments.deviation;
  assert.ok(Math.abs(quantileShift(reference, summaryOf('number', live)) - expected) < 1e-9);
  const sorted = Float64Array.from(live).sort();
  assert.ok(Math.abs(exactQuantileShift(ramp, sorted, reference.moments.deviation) - expected) < 1e-9);
});

test('a shift of everything is that shift in sigmas, whatever the unit, the sign and the windows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 100 }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.constantFrom(0.01, 1, 40),
      (values, sigmas, unit) => {
        fc.pre(new Set(values).size > 1);
        const scaled = values.map((x) => x * unit);
        const reference = summaryOf('number', scaled);
        const shift = sigmas * reference.moments.deviation;
        const found = quantileShift(
          reference,
          mergedSummaryOf(
            'number',
            scaled.map((x) => x + shift),
            5,
          ),
        );
        assert.ok(Math.abs(found - Math.abs(sigmas)) < 1e-9, `${found} against ${sigmas}`);
        assert.equal(quantileShift(reference, reference.clone()), 0);
      },
    ),
  );
});

test('empty sides have no shift, a constant baseline none that can be measured', () => {
  const reference = summaryOf('number', ramp);
  assert.ok(Number.isNaN(quantileShift(reference, summaryOf('number', []))));
  assert.ok(Number.isNaN(quantileShift(summaryOf('number', []), reference)));
  assert.ok(Number.isNaN(exactQuantileShift([], [1], 1)));
  assert.throws(() => quantileShift(summaryOf('number', [1, 1]), reference), { name: 'RangeError' });
});

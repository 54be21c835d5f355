import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { frameBytes, valueBytes, violationBytes } from '../../../agent/src/events/wire-size.ts';
import { encodeEvents } from './encode-events.ts';

const name = fc.string({ unit: 'grapheme', maxLength: 40 });
const value = fc.record({
  stage: name,
  field: name,
  value: fc.oneof(fc.double(), fc.boolean(), fc.constant(undefined), fc.string({ unit: 'grapheme', maxLength: 256 })),
});
const violation = fc.record({
  check: fc.constant('range'),
  stage: name,
  field: name,
  action: fc.constantFrom('annotate' as const, 'reject' as const),
});
const event = fc.record({
  version: fc.record({ model: name, version: name }),
  predictionId: name,
  atMs: fc.nat({ max: 8.64e15 }),
  stratum: fc.constantFrom('sample' as const, 'error' as const),
  weight: fc.double({ min: 1, noNaN: true }),
  slice: name,
  latencyMs: fc.double(),
  failed: fc.boolean(),
  values: fc.array(value, { maxLength: 20 }),
  violations: fc.array(violation, { maxLength: 5 }),
  traceId: fc.constantFrom('', 'a'.repeat(32)),
  spanId: fc.constantFrom('', 'b'.repeat(16)),
});

const sum = (bytes: readonly number[]) => bytes.reduce((a, b) => a + b, 0);

describe('the size of an event', () => {
  it('is at least what it takes on the wire, and not far above', () => {
    fc.assert(
      fc.property(event, (one) => {
        const { version, predictionId, slice, traceId, spanId, values, violations } = one;
        const frame = frameBytes(version.model, version.version, predictionId, slice, traceId, spanId);
        const bytes = frame + sum(values.map(valueBytes)) + sum(violations.map(violationBytes));
        const real = encodeEvents([one]).length;
        assert.ok(real <= bytes && bytes <= real + 75 + 20 * (values.length + violations.length), `${real} ${bytes}`);
        const outcome = { version, predictionId, atMs: one.atMs, values };
        const most = frameBytes(version.model, version.version, predictionId) + sum(values.map(valueBytes));
        assert.ok(encodeEvents([], [outcome]).length <= most);
      }),
    );
  });
});

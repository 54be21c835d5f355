import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fingerprints, fingerprintOf } from '../../../collector/src/alerting/fingerprint.ts';

test('the order of labels does not matter, their names and values do', () => {
  const labels = { alertname: 'A', model: 'm', field: 'x' };
  assert.match(fingerprintOf(labels), /^[0-9a-f]{64}$/);
  assert.equal(fingerprintOf({ field: 'x', model: 'm', alertname: 'A' }), fingerprintOf(labels));
  assert.notEqual(fingerprintOf({ ...labels, field: 'y' }), fingerprintOf(labels));
  assert.notEqual(fingerprintOf({ ab: 'c' }), fingerprintOf({ a: 'bc' }));
});

test('a fingerprint stays the same from version to version of this program', () => {
  // It keys stored alerts and open incidents: a change here closes none of them.
  assert.equal(
    fingerprintOf({ alertname: 'A', model: 'm' }),
    '917f3fc921467c08aebc62d2c46407da47c87ae6861a7343e8ecd562ebd06925',
  );
});

test('different label sets have different fingerprints', () => {
  const labels = fc.dictionary(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), { maxKeys: 4 });
  const sorted = (set: Record<string, string>): string =>
    JSON.stringify(Object.entries(set).sort(([a], [b]) => (a < b ? -1 : 1)));
  fc.assert(
    fc.property(labels, labels, (a, b) => assert.equal(fingerprintOf(a) === fingerprintOf(b), sorted(a) === sorted(b))),
  );
});

test('those that are kept are the same, however many there are', () => {
  const kept = new Fingerprints();
  const labels = fc.dictionary(fc.string({ maxLength: 2 }), fc.string({ maxLength: 2 }), { maxKeys: 3 });
  fc.assert(fc.property(labels, (set) => assert.equal(kept.of(set), fingerprintOf(set))));
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 40_000; i++) {
      const set = { alertname: 'A', field: `f${i}` };
      const fingerprint = kept.of(set);
      if (i % 100 === 0) assert.equal(fingerprint, fingerprintOf(set));
    }
  }
});

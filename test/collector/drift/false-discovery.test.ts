import assert from 'node:assert/strict';
import { test } from 'node:test';
import { falseDiscovery } from '../../../collector/src/drift/false-discovery.ts';
import { randomOf } from '../../../collector/src/drift/random.ts';

test('the example of Benjamini and Hochberg (1995, section 3.2) names the first four of fifteen', () => {
  const tails = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ];
  const named = falseDiscovery(
    tails.map((tail) => ({ tail })),
    0.05,
  );
  assert.deepEqual(
    named,
    tails.map((_, i) => i < 4),
  );
});

test('a field that matters more needs less evidence, one that does not matter is never named', () => {
  const tests = [{ tail: 0.015, importance: 4 }, { tail: 0.015 }, { tail: 1e-9, importance: 0 }, { tail: 0.9 }];
  assert.deepEqual(falseDiscovery(tests, 0.03), [true, false, false, false]);
  assert.deepEqual(
    falseDiscovery(
      tests.map(({ tail }) => ({ tail })),
      0.01,
    ),
    [false, false, true, false],
  );
});

test('200 fields that do not drift name any of them at the rate asked for', () => {
  const random = randomOf('fields');
  const ticks = 4000;
  let alarms = 0;
  for (let i = 0; i < ticks; i++) {
    const tests = Array.from({ length: 200 }, (_, field) => ({ tail: random.uniform(), importance: 1 + (field % 3) }));
    if (falseDiscovery(tests, 0.05).some(Boolean)) alarms++;
  }
  assert.ok(Math.abs(alarms / ticks / 0.05 - 1) < 0.25, `${alarms / ticks}`);
});

test('no fields are no discoveries, and odd numbers are refused', () => {
  assert.deepEqual(falseDiscovery([], 0.05), []);
  assert.deepEqual(falseDiscovery([{ tail: 0.001, importance: 0 }], 0.05), [false]);
  assert.throws(() => falseDiscovery([{ tail: 0.5 }], 0), RangeError);
  assert.throws(() => falseDiscovery([{ tail: Number.NaN }], 0.05), RangeError);
  assert.throws(() => falseDiscovery([{ tail: 0.5, importance: -1 }], 0.05), RangeError);
});

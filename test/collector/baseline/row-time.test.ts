import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeOfValue } from '../../../collector/src/baseline/row-time.ts';

const NOON = Date.UTC(2021, 5, 1, 12);

test('a time is read from what programs write', () => {
  const forms = [
    '2021-06-01T12:00:00Z',
    '2021-06-01 12:00:00',
    '2021-06-01 12:00',
    '2021-06-01T14:00:00.000+02:00',
    '2021-06-01 14:00:00+0200',
    '2021-06-01 14:00:00+02',
    ' 2021-06-01t12:00z ',
    NOON,
    NOON / 1_000,
    String(NOON / 1_000),
    NOON * 1_000,
    BigInt(NOON) * 1_000_000n,
  ];
  for (const form of forms) assert.equal(timeOfValue(form), NOON, String(form));
  assert.equal(timeOfValue('2021-06-01'), Date.UTC(2021, 5, 1));
});

test('what is no time is none', () => {
  for (const value of [
    null,
    undefined,
    '',
    'yesterday',
    '2021-13-01',
    '2021-06-01T25:00',
    '1/2/2021',
    -1,
    Number.NaN,
    Infinity,
    true,
    {},
  ])
    assert.equal(timeOfValue(value), null, String(value));
});

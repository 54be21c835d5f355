import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../collector/src/duration.ts';

test('durations are read as Prometheus reads them', () => {
  const cases: [string, number][] = [
    ['0', 0],
    ['15s', 15_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['1w2d', 777_600_000],
    ['1y', 31_536_000_000],
    ['100ms', 100],
    ['1m1ms', 60_001],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
});

test('what Prometheus refuses is refused', () => {
  for (const text of ['', '1', '1.5h', '30m1h', '1h1h', '-1h', '1 h', 'h', '1H', '00', '1ms1s', '99999999999y']) {
    assert.throws(() => parseDuration(text), RangeError, text);
  }
});

test('a written duration is read back as it was', () => {
  fc.assert(fc.property(fc.nat({ max: 2 ** 40 }), (ms) => assert.equal(parseDuration(formatDuration(ms)), ms)));
  assert.equal(formatDuration(5_400_000), '1h30m');
  assert.equal(formatDuration(400 * 86_400_000), '400d');
  assert.throws(() => formatDuration(-1), RangeError);
});

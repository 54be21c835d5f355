import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASELINE_FROM } from '../../../examples/flight-delay/src/calendar.ts';
import { FEATURE_NAMES, featureMatrix } from '../../../examples/flight-delay/src/features.ts';
import { boundsOf } from '../../../examples/flight-delay/src/guard-bounds.ts';
import { madeFlights } from './made-flights.ts';

const flights = madeFlights(BASELINE_FROM, 20 * 24, 30);
const rows = featureMatrix(flights, 10_000);
const bounds = boundsOf(flights, rows);

function checkOf(stage: string, field: string) {
  const found = bounds.find((check) => (check.stage ?? 'feature') === stage && check.field === field);
  assert.ok(found, `${stage} ${field}`);
  return found;
}

test('every field that goes into the model has one check, and what comes out has none', () => {
  assert.deepEqual(
    bounds.map(({ stage = 'feature', field }) => `${stage}.${field}`),
    ['input.origin', 'input.destination', 'input.distance', ...FEATURE_NAMES.map((name) => `feature.${name}`)],
  );
});

test('categories are those of training and no others', () => {
  const seen = { ...flights, origin: flights.origin.slice(), airports: [...flights.airports, 'FFF'] };
  seen.origin[10_000] = 5;
  const [origin] = boundsOf(seen, rows);
  assert.deepEqual(origin?.values, ['AAA', 'BBB', 'CCC', 'DDD', 'EEE']);
});

test('numbers reach from quantile 0.001 to 0.999 and half their distance beyond, as sorting gives them', () => {
  const distances = Float64Array.from(flights.distance.subarray(0, 10_000)).sort();
  const [low, high] = [distances[10]!, distances[9_989]!];
  const { min, max } = checkOf('input', 'distance');
  const span = high - low;
  assert.ok(Math.abs(min! - (low - span / 2)) < span * 0.005, `${min}, from ${low}`);
  assert.ok(Math.abs(max! - (high + span / 2)) < span * 0.005, `${max}, from ${high}`);
  const onFeatures = checkOf('feature', 'distance');
  assert.deepEqual([onFeatures.min, onFeatures.max], [min, max]);
});

test('a feature that hardly varies is bounded by what was seen of it', () => {
  const still = rows.slice();
  for (let at = 1; at < still.length; at += FEATURE_NAMES.length) still[at] = at === 1 ? 3 : 7;
  const hour = boundsOf(flights, still).find(({ field }) => field === 'hour');
  assert.deepEqual([hour?.min, hour?.max], [3, 7]);
});

test('what training saw is within, but for a few in a thousand', () => {
  const outside = FEATURE_NAMES.map((name, column) => {
    const { min, max } = checkOf('feature', name);
    let count = 0;
    for (let at = column; at < rows.length; at += FEATURE_NAMES.length)
      if (!(rows[at]! >= min! && rows[at]! <= max!)) count += 1;
    return count;
  });
  assert.ok(Math.max(...outside) <= 20, `${outside}`);
});

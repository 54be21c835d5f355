import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BASELINE_FROM, DAY, HOUR } from '../../../examples/flight-delay/src/calendar.ts';
import {
  FEATURE_NAMES,
  FlightHistory,
  featureMatrix,
  OUTCOME_LAG_MS,
  requestOf,
} from '../../../examples/flight-delay/src/features.ts';
import { type Flights, firstRowAt } from '../../../examples/flight-delay/src/flights.ts';
import { madeFlights } from './made-flights.ts';

const WIDTH = FEATURE_NAMES.length;
const flights = madeFlights(BASELINE_FROM, 20 * 24, 30);

function featuresOf(feed: Flights, row: number): Float32Array {
  const into = new Float32Array(WIDTH);
  new FlightHistory(feed).features(requestOf(feed, row), into);
  return into;
}

function withOutcomesTurned(from: number, to: number): Flights {
  return { ...flights, delay: flights.delay.map((minutes, row) => (row >= from && row < to ? 40 - minutes : minutes)) };
}

test('features never look ahead: outcomes that were not yet known change nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: flights.count - 1 }), (row) => {
      const unknownFrom = firstRowAt(flights, flights.time[row]! - OUTCOME_LAG_MS + 1);
      const other = withOutcomesTurned(unknownFrom, flights.count);
      assert.deepEqual(featuresOf(other, row), featuresOf(flights, row));
    }),
    { numRuns: 40 },
  );
});

test('features do look back: turning the known outcomes changes them', () => {
  const row = flights.count - 1;
  const known = firstRowAt(flights, flights.time[row]! - OUTCOME_LAG_MS + 1);
  assert.notDeepEqual(featuresOf(withOutcomesTurned(0, known), row), featuresOf(flights, row));
});

test('the last flight that is known counts, the next one does not', () => {
  const row = flights.count - 1;
  const late = { ...flights, delay: flights.delay.slice() };
  const boundary = flights.time[row]! - OUTCOME_LAG_MS;
  const history = new FlightHistory(late);
  history.advanceTo(flights.time[row]!);
  late.delay[firstRowAt(flights, boundary + 1)] = 999;
  const before = featuresOf(flights, row);
  const after = new Float32Array(WIDTH);
  history.features(requestOf(late, row), after);
  assert.deepEqual(after, before);
});

test('training and serving see the same features', () => {
  const matrix = featureMatrix(flights, flights.count);
  const history = new FlightHistory(flights);
  const served = new Float32Array(WIDTH);
  for (let row = 0; row < flights.count; row += 1) {
    history.features(requestOf(flights, row), served);
    assert.deepEqual(served, matrix.slice(row * WIDTH, (row + 1) * WIDTH));
  }
});

test('a service that starts late has the same history as one that served all along', () => {
  const matrix = featureMatrix(flights, flights.count);
  const row = flights.count - 5;
  assert.deepEqual(featuresOf(flights, row), matrix.slice(row * WIDTH, (row + 1) * WIDTH));
});

test('an airport with twice the delays stands out, relative to all flights', () => {
  const history = new FlightHistory(flights);
  const date = BASELINE_FROM + 19 * DAY + 12 * HOUR;
  const [bad, good] = [new Float32Array(WIDTH), new Float32Array(WIDTH)];
  history.features({ date, distance: 500, origin: 'EEE', destination: 'AAA' }, bad);
  history.features({ date, distance: 500, origin: 'BBB', destination: 'AAA' }, good);
  const origin = FEATURE_NAMES.indexOf('origin_delay');
  assert.ok(bad[origin]! > 1.3 && good[origin]! < 1, `${bad[origin]} and ${good[origin]}`);
});

test('distance and time of day go in as they are', () => {
  const history = new FlightHistory(flights);
  const into = new Float32Array(WIDTH);
  history.features(
    { date: BASELINE_FROM + 13 * HOUR + 50 * 60_000, distance: 815.5, origin: 'AAA', destination: 'BBB' },
    into,
  );
  assert.deepEqual([...into.slice(0, 2)], [815.5, 13.75]);
});

test('a missing or unknown airport counts as an average one', () => {
  const history = new FlightHistory(flights);
  const date = BASELINE_FROM + 19 * DAY;
  const into = new Float32Array(WIDTH);
  history.features({ date, distance: 500, origin: null, destination: 'XXX' }, into);
  assert.deepEqual([...into.slice(2)], [1, 1, 1, 1]);
});

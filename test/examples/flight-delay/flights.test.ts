import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Flights, firstRowAt, loadFlights } from '../../../examples/flight-delay/src/flights.ts';

const flights: Flights = await loadFlights();

test('every flight of each month is there', () => {
  const starts = [0, 1, 2, 3, 4, 5, 6].map((month) => firstRowAt(flights, Date.UTC(2001, month, 1)));
  const perMonth = starts.slice(1).map((end, month) => end - starts[month]!);
  assert.deepEqual(perMonth, [508_239, 458_170, 511_502, 501_030, 518_831, 502_222]);
  assert.equal(flights.count, 2_999_994);
});

test('flights come in the order of departure', () => {
  const disorder = flights.time.findIndex((time, row) => row > 0 && time < flights.time[row - 1]!);
  assert.equal(disorder, -1);
});

test('columns hold what the data says: 229 airports, distances in miles, a fifth of January late', () => {
  assert.equal(flights.airports.length, 229);
  assert.ok(flights.airports.every((name) => /^[A-Z0-9]{3}$/.test(name)));
  assert.equal(
    flights.distance.reduce((a, b) => Math.max(a, b)),
    4962,
  );
  assert.equal(
    flights.distance.reduce((a, b) => Math.min(a, b)),
    21,
  );
  const january = flights.delay.subarray(0, 508_239);
  assert.equal(january.filter((minutes) => minutes > 15).length, 104_189);
});

test('rows stay together: the distance between two airports hardly varies', () => {
  const seen = new Map<string, Set<number>>();
  for (let row = 0; row < flights.count; row += 7) {
    const pair = `${flights.origin[row]}-${flights.destination[row]}`;
    seen.set(pair, (seen.get(pair) ?? new Set()).add(flights.distance[row]!));
  }
  const widest = Math.max(...[...seen.values()].map((distances) => Math.max(...distances) - Math.min(...distances)));
  assert.ok(widest <= 30, `the widest spread is ${widest} miles`);
});

test('firstRowAt finds the first flight at or after a time, and the end', () => {
  assert.equal(firstRowAt(flights, 0), 0);
  assert.equal(firstRowAt(flights, flights.time[1000]!), flights.time.indexOf(flights.time[1000]!));
  assert.equal(firstRowAt(flights, Number.MAX_SAFE_INTEGER), flights.count);
});

test('a file that cannot be read is named in the error', async () => {
  await assert.rejects(loadFlights({ file: '/nowhere/flights.parquet' }), /nowhere\/flights\.parquet/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASELINE_FROM, DAY, HOUR } from '../../../examples/flight-delay/src/calendar.ts';
import type { Flights } from '../../../examples/flight-delay/src/flights.ts';
import { HourlyLateRates } from '../../../examples/flight-delay/src/hourly-late-rates.ts';

/** Flights of two days: at six one of four is late, at seven none of two; row 6 is not to be looked at. */
const flights: Flights = {
  count: 7,
  time: Float64Array.of(6, 6, 7, 24 + 6, 24 + 6, 24 + 7, 24 + 8).map((hour) => BASELINE_FROM + hour * HOUR),
  delay: Int16Array.of(16, 15, 0, -3, 0, 15, 400),
  distance: new Uint16Array(7),
  origin: new Uint16Array(7),
  destination: new Uint16Array(7),
  airports: ['AAA'],
};

test('the rate of an hour is that of its flights on all days, one over fifteen minutes being late', () => {
  const rates = new HourlyLateRates(flights, 6);
  assert.equal(rates.at(BASELINE_FROM + 300 * DAY + 6.5 * HOUR), 0.25);
  assert.equal(rates.at(BASELINE_FROM + 7 * HOUR), 0);
});

test('an hour without flights has the rate of all', () => {
  assert.equal(new HourlyLateRates(flights, 6).at(BASELINE_FROM + 8 * HOUR), 1 / 6);
  assert.equal(new HourlyLateRates(flights, 7).at(BASELINE_FROM + 8 * HOUR), 1);
});

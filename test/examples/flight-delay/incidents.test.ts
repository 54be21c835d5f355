import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, REPLAY_FROM, REPLAY_TO } from '../../../examples/flight-delay/src/calendar.ts';
import { FEATURE_NAMES, type FlightRequest } from '../../../examples/flight-delay/src/features.ts';
import {
  applyIncidents,
  INCIDENTS,
  RELEASES,
  randomOfFlight,
  releaseAt,
} from '../../../examples/flight-delay/src/incidents.ts';

function flightAt(date: number): FlightRequest {
  return { date, distance: 1000, origin: 'ORD', destination: 'LGA' };
}

/** The span of days on which a request is not sent just as it was, for a flight with this random number. */
function changedDays(random: number, changed: (sent: FlightRequest | null) => boolean): string[] {
  const found: string[] = [];
  for (let date = REPLAY_FROM; date < REPLAY_TO; date += DAY) {
    const [first, last] = [applyIncidents(flightAt(date), random), applyIncidents(flightAt(date + DAY - 1), random)];
    assert.equal(changed(first), changed(last), 'an incident covers whole days');
    if (changed(first)) found.push(new Date(date).toISOString().slice(0, 10));
  }
  return found;
}

test('kilometres are sent from 20 to 22 February and on no other day', () => {
  assert.deepEqual(
    changedDays(0.05, (sent) => sent !== null && sent.distance !== 1000),
    ['2001-02-20', '2001-02-21', '2001-02-22'],
  );
  assert.equal(applyIncidents(flightAt(Date.UTC(2001, 1, 20)), 0.5)?.distance, 1609.344);
});

test('the origin is missing from 20 to 22 March, for three requests in ten', () => {
  assert.deepEqual(
    changedDays(0.05, (sent) => sent !== null && sent.origin === null),
    ['2001-03-20', '2001-03-21', '2001-03-22'],
  );
  const missing = Array.from({ length: 20_000 }, (_, row) =>
    applyIncidents(flightAt(Date.UTC(2001, 2, 21)), randomOfFlight(row)),
  );
  const share = missing.filter((sent) => sent?.origin === null).length / missing.length;
  assert.ok(Math.abs(share - 0.3) < 0.015, `${share}`);
});

test('a tenth of the requests is sent on 15 May', () => {
  assert.deepEqual(
    changedDays(0.95, (sent) => sent === null),
    ['2001-05-15'],
  );
  assert.deepEqual(
    changedDays(0.05, (sent) => sent === null),
    [],
  );
});

test('the release that feeds wrong columns is live in exactly the span of its incident', () => {
  const incident = INCIDENTS.find(({ id }) => id === 'wrong-columns')!;
  assert.equal(releaseAt(incident.from - 1).columns, undefined);
  assert.notDeepEqual(releaseAt(incident.from).columns, FEATURE_NAMES);
  assert.deepEqual([...releaseAt(incident.to - 1).columns!].sort(), [...FEATURE_NAMES].sort());
  assert.equal(releaseAt(incident.to).columns, undefined);
  assert.equal(new Set(RELEASES.map(({ version }) => version)).size, 3);
});

test('incidents come one after the other, inside the served months, and leave the request they are given alone', () => {
  for (const [index, { from, to, change }] of INCIDENTS.entries()) {
    assert.ok(from < to && from >= (INCIDENTS[index - 1]?.to ?? REPLAY_FROM) && to <= REPLAY_TO);
    const request = Object.freeze(flightAt(from));
    change(request, 0.01);
    assert.deepEqual(request, flightAt(from));
  }
});

test('the random number of a flight is its own, whatever was asked before', () => {
  const once = [5, 6, 7].map(randomOfFlight);
  assert.deepEqual([7, 6, 5].map(randomOfFlight).reverse(), once);
  assert.equal(new Set(once).size, 3);
});

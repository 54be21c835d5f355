import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '../../../examples/flight-delay/src/calendar.ts';
import type { FlightRequest } from '../../../examples/flight-delay/src/features.ts';
import { requestOf } from '../../../examples/flight-delay/src/features.ts';
import type { Incident } from '../../../examples/flight-delay/src/incidents.ts';
import { type ReplayOptions, type ReplayStep, replay } from '../../../examples/flight-delay/src/replay.ts';
import { madeFlights } from './made-flights.ts';

const FROM = Date.UTC(2001, 1, 1);
const flights = madeFlights(FROM, 48, 100);
const SPAN = { from: FROM, to: FROM + 48 * HOUR, incidents: [] } as const;

async function stepsOf(options: ReplayOptions): Promise<ReplayStep[]> {
  const steps: ReplayStep[] = [];
  for await (const step of replay(flights, options)) steps.push(step);
  return steps;
}

test('every flight is sent once, in time order', async () => {
  const sent = (await stepsOf({ ...SPAN, stepSize: 32 })).flatMap((step) => step.requests);
  assert.deepEqual(
    sent,
    Array.from({ length: flights.count }, (_, row) => requestOf(flights, row)),
  );
});

test('no step crosses an hour or is larger than asked', async () => {
  for (const { at, requests } of await stepsOf({ ...SPAN, stepSize: 32 })) {
    assert.ok(requests.length <= 32);
    assert.equal(new Set(requests.map(({ date }) => Math.floor(date / HOUR))).size, 1);
    assert.equal(at, requests[0]!.date);
  }
});

test('only the span asked for is sent, its end excluded', async () => {
  const sent = (await stepsOf({ ...SPAN, from: FROM + HOUR, to: FROM + 2 * HOUR })).flatMap((step) => step.requests);
  assert.equal(sent.length, 100);
  assert.equal(sent[0]!.date, FROM + HOUR);
});

test('incidents change and withhold requests, and what is withheld is counted', async () => {
  const half: Incident = {
    id: 'half',
    what: 'half of the second hour is not sent, the rest without destination',
    from: FROM + HOUR,
    to: FROM + 2 * HOUR,
    change: (request, random): FlightRequest | null => (random < 0.5 ? null : { ...request, destination: null }),
  };
  const steps = await stepsOf({ ...SPAN, incidents: [half] });
  const [first, second] = [steps[0]!, steps[1]!];
  assert.deepEqual([first.requests.length, first.withheld], [100, 0]);
  assert.equal(second.requests.length + second.withheld, 100);
  assert.ok(second.withheld > 30 && second.withheld < 70);
  assert.ok(second.requests.every(({ destination }) => destination === null));
  assert.deepEqual(
    second.requests.map(({ date, distance }) => [date, distance]),
    second.rows.map((row) => [flights.time[row], flights.distance[row]]),
    'rows are those of the requests that were sent',
  );
});

test('with a speed-up it waits until flight time has passed, and never waits when it is late', async () => {
  let now = 5000;
  const waits: number[] = [];
  const steps = replay(flights, {
    ...SPAN,
    stepSize: 100,
    speedUp: 3600,
    clock: () => now,
    wait: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  });
  await steps.next();
  await steps.next();
  now += 10_000;
  await steps.next();
  await steps.return();
  assert.deepEqual(waits, [1000]);
});

test('an aborted replay ends without an error, also while it waits', async () => {
  const stop = new AbortController();
  let steps = 0;
  for await (const _ of replay(flights, { ...SPAN, speedUp: 1, signal: stop.signal })) {
    steps += 1;
    setImmediate(() => stop.abort());
  }
  assert.equal(steps, 1);
});

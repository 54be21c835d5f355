import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activeTimes, isTimeZone } from '../../../collector/src/rules/active-times.ts';

const at = (iso: string): number => Date.parse(iso);

test('days and hours go by the clocks of the zone, summer time included', () => {
  const office = activeTimes('mon-fri', '08:00-18:00', 'Europe/Zurich');
  // 2026-03-27 is the Friday before the clocks go forward, from UTC+1 to UTC+2.
  assert.deepEqual(
    ['2026-03-27T06:59:59Z', '2026-03-27T07:00Z', '2026-03-27T16:59:59Z', '2026-03-27T17:00Z'].map((one) =>
      office.includes(at(one)),
    ),
    [false, true, true, false],
  );
  assert.deepEqual(
    ['2026-03-30T05:59:59Z', '2026-03-30T06:00Z', '2026-03-30T16:00Z'].map((one) => office.includes(at(one))),
    [false, true, false],
  );
  assert.deepEqual(
    [office.includes(at('2026-03-28T10:00Z')), office.text],
    [false, 'mon-fri 08:00-18:00 Europe/Zurich'],
  );
});

test('hours over midnight belong to the day on which they begin', () => {
  const nights = activeTimes('fri', '22:00-06:00', 'UTC');
  assert.deepEqual(
    [
      '2026-03-27T05:00Z',
      '2026-03-27T21:59Z',
      '2026-03-27T22:00Z',
      '2026-03-28T05:59Z',
      '2026-03-28T06:00Z',
      '2026-03-28T22:00Z',
    ].map((one) => nights.includes(at(one))),
    [false, false, true, true, false, false],
  );
});

test('what is left out is no limit, and days may go over the end of the week', () => {
  assert.equal(activeTimes(null, null, 'UTC').includes(at('2026-03-28T03:00Z')), true);
  const days = ['2026-03-23', '2026-03-24', '2026-03-25', '2026-03-26', '2026-03-27', '2026-03-28', '2026-03-29'];
  const long = activeTimes('sat-mon, wed', null, 'UTC');
  assert.deepEqual(
    days.map((day) => long.includes(at(`${day}T12:00Z`))),
    [true, false, true, false, false, true, true],
  );
  assert.equal(activeTimes(null, '12:00-24:00', 'UTC').includes(at('2026-03-28T23:59:59.999Z')), true);
});

test('a zone that there is not is told', () => {
  assert.deepEqual(['Europe/Zurich', 'UTC', 'Europe/Zurch', ''].map(isTimeZone), [true, true, false, false]);
  assert.throws(() => activeTimes(null, null, 'Nowhere'), RangeError);
});

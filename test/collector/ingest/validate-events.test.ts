import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Batch, encodeHealth, LIMITS } from '@tidemark/proto';
import { validate } from '../../../collector/src/ingest/validate.ts';
import { HOUR, newSource, oneBound, PROJECT, T0 } from '../../support/batches.ts';
import { batchWith, EVENT, OUTCOME } from './sample-events.ts';

const BOUNDS = { oldest: { ...oneBound(T0 - 24 * HOUR), events: T0 - 12 * HOUR }, newest: T0 + HOUR };
const GOOD = () => batchWith(newSource(), 1, { events: [{}, {}, {}], outcomes: [{}, {}, {}] });

function validated(spoil: (batch: Batch) => void) {
  const batch = GOOD();
  spoil(batch);
  return validate(batch, BOUNDS, PROJECT);
}

describe('validate events and outcomes', () => {
  test('takes good ones whole, with their paths and places', () => {
    const batch = validated(() => undefined);
    assert.deepEqual(batch.refusals, []);
    assert.deepEqual(batch.events[2], { ...EVENT, part: 'events[2]', ordinal: 2 });
    assert.deepEqual(batch.outcomes[1], { ...OUTCOME, part: 'outcomes[1]' });
  });

  const spoilt: [string, (batch: Batch) => void, string][] = [
    ['an event of no model', (b) => Object.assign(b.events[1]!, { model: '' }), 'events[1] bad_name'],
    ['an event that weighs nothing', (b) => Object.assign(b.events[1]!, { weight: 0 }), 'events[1] malformed'],
    [
      'an event in the future',
      (b) => Object.assign(b.events[1]!, { atUnixMs: BigInt(BOUNDS.newest + 1) }),
      'events[1] in_the_future',
    ],
    [
      'an event past its retention',
      (b) => Object.assign(b.events[1]!, { atUnixMs: BigInt(BOUNDS.oldest.events - 1) }),
      'events[1] too_old',
    ],
    ['an outcome of no prediction', (b) => Object.assign(b.outcomes[1]!, { predictionId: '' }), 'outcomes[1] bad_name'],
    ['an outcome without values', (b) => Object.assign(b.outcomes[1]!, { values: [] }), 'outcomes[1] malformed'],
    [
      'an outcome that is not known yet',
      (b) => Object.assign(b.outcomes[1]!, { atUnixMs: BigInt(BOUNDS.newest + 1) }),
      'outcomes[1] in_the_future',
    ],
    [
      'an outcome that was known before retention began',
      (b) => Object.assign(b.outcomes[1]!, { atUnixMs: BigInt(BOUNDS.oldest.hours - 1) }),
      'outcomes[1] too_old',
    ],
  ];
  for (const [what, spoil, expected] of spoilt) {
    test(`refuses ${what} by its path and keeps its neighbours`, () => {
      const batch = validated(spoil);
      assert.deepEqual(
        batch.refusals.map(({ part, code, rows }) => [`${part} ${code}`, rows]),
        [[expected, 0]],
        'the inference itself is counted by its window',
      );
      assert.deepEqual([batch.events.length, batch.outcomes.length].sort(), [2, 3]);
      assert.equal(batch.windows.length, 1);
    });
  }

  test('takes no more events than there may be, by path', () => {
    const batch = validated((b) => {
      b.events = new Array(LIMITS.maxEvents + 2).fill(b.events[0]);
    });
    assert.equal(batch.events.length, LIMITS.maxEvents);
    assert.deepEqual(
      batch.refusals.map(({ part, code }) => `${part} ${code}`),
      [`events[${LIMITS.maxEvents}] too_large`, `events[${LIMITS.maxEvents + 1}] too_large`],
    );
  });

  test('leaves out health and a revision that no agent has, and keeps the rest', () => {
    const health = {
      captured: 1,
      sent: 1,
      pending: 0,
      dropped: 0,
      cpuMs: 1,
      bytesSent: 1,
      queueBytes: 0,
      queueBatches: 0,
      eventLoopDelayP99Ms: 1,
      clockSkewMs: 0,
    };
    const good = validated((b) => Object.assign(b, { health: encodeHealth(health), settingsRevision: 4n }));
    assert.deepEqual([good.health, good.settingsRevision, good.refusals], [health, 4, []]);
    const bad = validated((b) =>
      Object.assign(b, { health: encodeHealth({ ...health, cpuMs: Number.NaN }), settingsRevision: 2n ** 60n }),
    );
    assert.deepEqual([bad.health, bad.settingsRevision, bad.events.length], [null, 0, 3]);
    assert.deepEqual(bad.refusals.map(({ part, code }) => `${part} ${code}`).sort(), [
      'health malformed',
      'settings_revision malformed',
    ]);
  });
});

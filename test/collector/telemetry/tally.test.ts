import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tallyBatch, tallyRefused } from '../../../collector/src/telemetry/tally.ts';
import { makeBatch, newSource, received, T0 } from '../../support/batches.ts';

const WINDOW = {
  series: [
    { field: 'a', values: [1, 2] },
    { field: 'b', values: [3, 4] },
  ],
};
const refusal = (part: string, rows = 0) => ({ part, code: 'kind_changed', message: '', rows });

describe('a tally', () => {
  test('counts the summaries and rows of all windows', () => {
    const batch = received(makeBatch(newSource(), 1, [WINDOW, { ...WINDOW, rows: 40, start: T0 + 3_600_000 }]));
    assert.deepEqual(tallyBatch(batch), { summaries: 4, rows: 42 });
  });

  test('takes a window that the commit refused with all it holds, and a summary by itself', () => {
    const batch = received(makeBatch(newSource(), 1, [WINDOW, { ...WINDOW, start: T0 + 3_600_000 }]));
    assert.deepEqual(tallyRefused(batch, [refusal('windows[0]', 2), refusal('windows[1].summaries[1]', 2)]), {
      byChecks: { summaries: 0, rows: 0 },
      byCommit: { summaries: 3, rows: 2 },
    });
  });

  test('knows what the checks had refused before, by what they said of it', () => {
    const batch = received(makeBatch(newSource(), 1, [WINDOW, { ...WINDOW, start: 7, rows: 40 }]));
    const { refusals } = batch;
    assert.deepEqual(
      refusals.map(({ part, rows }) => [part, rows]),
      [['windows[1]', 40]],
    );
    const both = [
      ...refusals,
      refusal('windows[0].summaries[0]'),
      refusal('windows[5].summaries[2]'),
      refusal('events[3]'),
    ];
    assert.deepEqual(tallyRefused(batch, both), {
      byChecks: { summaries: 1, rows: 40 },
      byCommit: { summaries: 1, rows: 0 },
    });
  });
});

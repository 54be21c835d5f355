import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createReceiveTelemetry } from '../../../collector/src/telemetry/receive-telemetry.ts';
import { makeBatch, newSource, received } from '../../support/batches.ts';
import { startRecorder } from './written.ts';

const WINDOW = {
  rows: 10,
  series: [
    { field: 'a', values: [1] },
    { field: 'b', values: [2] },
  ],
};
const batch = received(makeBatch(newSource(), 1, [WINDOW]));
const cause = new Error('away');

describe('what agents send', () => {
  test('is counted by what came of it', async () => {
    const { recorder, samples } = startRecorder();
    const observer = createReceiveTelemetry(recorder);
    observer.answered(batch, { kind: 'accepted', refusals: [] }, 100, 20);
    observer.answered(batch, { kind: 'duplicate', refusals: [] }, 100, 20);
    observer.answered(batch, { kind: 'retry', cause }, 100, 20);
    observer.answered(batch, { kind: 'retry', cause }, 100, 20);
    observer.answered(batch, { kind: 'refused', cause }, 100, 20);
    observer.malformed();
    observer.turnedAway();
    const written = await samples();
    for (const [outcome, times] of Object.entries({ accepted: 1, duplicate: 1, retry: 2, refused: 1 })) {
      assert.equal(written.get(`tidemark_receive_batches_total{outcome="${outcome}"}`), times, outcome);
      assert.equal(written.get(`tidemark_receive_summaries_total{outcome="${outcome}"}`), 2 * times, outcome);
      assert.equal(written.get(`tidemark_receive_rows_total{outcome="${outcome}"}`), 10 * times, outcome);
      assert.equal(written.get(`tidemark_receive_duration_seconds_count{outcome="${outcome}"}`), times, outcome);
    }
    assert.equal(written.get('tidemark_receive_size_bytes_total'), 500);
    assert.equal(written.get('tidemark_receive_refusals_total{code="malformed"}'), 1);
    assert.equal(written.get('tidemark_receive_malformed_total'), 1);
    assert.equal(written.get('tidemark_receive_turned_away_total'), 1);
    assert.equal(written.get('tidemark_receive_duration_seconds_bucket{outcome="accepted",le="0.01"}'), 0);
    assert.equal(written.get('tidemark_receive_duration_seconds_bucket{outcome="accepted",le="0.025"}'), 1);
  });

  test('is counted apart where a part of an accepted batch is refused', async () => {
    const { recorder, samples } = startRecorder();
    const refusals = [{ part: 'windows[0].summaries[1]', code: 'kind_changed', message: '', rows: 1 }];
    createReceiveTelemetry(recorder).answered(batch, { kind: 'accepted', refusals }, 100, 20);
    const written = await samples();
    assert.equal(written.get('tidemark_receive_summaries_total{outcome="accepted"}'), 1);
    assert.equal(written.get('tidemark_receive_summaries_total{outcome="refused"}'), 1);
    assert.equal(written.get('tidemark_receive_rows_total{outcome="accepted"}'), 10);
    assert.equal(written.get('tidemark_receive_refusals_total{code="kind_changed"}'), 1);
  });

  test('says losses once, when its batch is accepted, and makes no series of unknown reasons', async () => {
    const { recorder, samples } = startRecorder();
    const observer = createReceiveTelemetry(recorder);
    const losses = ['queue-full', 'customer 4711', 'customer 4712'].map((reason) => {
      return { model: 'm', version: '1', reason, count: 5 };
    });
    observer.answered({ ...batch, losses }, { kind: 'retry', cause }, 100, 20);
    observer.answered({ ...batch, losses }, { kind: 'accepted', refusals: [] }, 100, 20);
    observer.answered({ ...batch, losses }, { kind: 'duplicate', refusals: [] }, 100, 20);
    const written = await samples();
    assert.equal(written.get('tidemark_receive_losses_total{reason="queue-full"}'), 5);
    assert.equal(written.get('tidemark_receive_losses_total{reason="other"}'), 10);
    assert.ok(![...written.keys()].some((series) => series.includes('customer')));
  });
});

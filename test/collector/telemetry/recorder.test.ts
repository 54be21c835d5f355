import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startRecorder } from './written.ts';

describe('a recorder', () => {
  test('has every series of a counter from the start, so that no first increase goes unseen', async () => {
    const samples = await startRecorder().samples();
    for (const outcome of ['accepted', 'duplicate', 'refused', 'retry']) {
      assert.equal(samples.get(`tidemark_receive_batches_total{outcome="${outcome}"}`), 0);
    }
    assert.equal(samples.get('tidemark_delivery_attempts_total{channel="pagerduty",outcome="given_up"}'), 0);
    assert.equal(samples.get('tidemark_receive_malformed_total'), 0);
  });

  test('adds what it is told', async () => {
    const { recorder, samples } = startRecorder();
    recorder.count('tidemark.receive.rows', 40, { outcome: 'accepted' });
    recorder.count('tidemark.receive.rows', 2, { outcome: 'accepted' });
    recorder.measure('tidemark.ingest.commit.batches', 3);
    const written = await samples();
    assert.equal(written.get('tidemark_receive_rows_total{outcome="accepted"}'), 42);
    assert.equal(written.get('tidemark_receive_rows_total{outcome="retry"}'), 0);
    assert.equal(written.get('tidemark_ingest_commit_batches_bucket{le="2"}'), 0);
    assert.equal(written.get('tidemark_ingest_commit_batches_bucket{le="4"}'), 1);
    assert.equal(written.get('tidemark_ingest_commit_batches_sum'), 3);
  });

  test('asks whenever somebody looks, and says nothing where there is nothing', async () => {
    const { recorder, samples } = startRecorder();
    let agents: number | undefined = 3;
    recorder.observe('tidemark.agents', (tell) => {
      if (agents !== undefined) tell(agents);
    });
    assert.equal((await samples()).get('tidemark_agents'), 3);
    agents = 5;
    assert.equal((await samples()).get('tidemark_agents'), 5);
    agents = undefined;
    assert.equal((await samples()).has('tidemark_agents'), false);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERVER_URL } from '../../support/database.ts';
import { FreezableProxy } from '../../support/freezable-proxy.ts';
import { missingHours, Receipt_Status, startTellingCollector } from './telling-collector.ts';

const skip = SERVER_URL === undefined && 'the embedded database cannot be made to hang';

test('/metrics answers at once while the database hangs, and says what waits', { skip }, async (t) => {
  const { hostname, port } = new URL(SERVER_URL!);
  const proxy = await FreezableProxy.start(hostname, Number(port || 5432));
  t.after(() => proxy.stop());
  const collector = await startTellingCollector(t, {}, (url) => {
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
  });
  const [first, second] = missingHours();
  await collector.send(first);
  proxy.freeze();
  const sent = collector.send(second);
  const samples = await collector.samplesWhere((now) => now.get('tidemark_receive_backlog_bytes')! > 0);
  assert.equal(samples.get('tidemark_receive_streams'), 1);
  for (let i = 0; i < 5; i++) {
    const begun = performance.now();
    await collector.metricsText();
    assert.ok(performance.now() - begun < 1_000);
  }
  const ready = await fetch(`http://127.0.0.1:${collector.httpPort}/health/ready`);
  assert.equal(ready.status, 503);
  proxy.thaw();
  assert.deepEqual(await sent, [Receipt_Status.ACCEPTED]);
  await collector.samplesWhere((now) => now.get('tidemark_receive_backlog_bytes') === 0);
});

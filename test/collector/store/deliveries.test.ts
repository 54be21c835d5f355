import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AlertMessage } from '../../../collector/src/alerting/alert.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { DeliveryTable, enqueueDeliveries } from '../../../collector/src/store/deliveries.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { PROJECT } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const NOW = Date.UTC(2026, 0, 1);

function messageOf(kind: 'firing' | 'resolved', fingerprint: string): AlertMessage {
  return {
    kind,
    fingerprint,
    episode: 1,
    alertname: 'A',
    group: 'g',
    severity: 'warning',
    labels: { alertname: 'A' },
    annotations: { summary: 's' },
    model: 'm',
    version: '1',
    measure: 'psi',
    value: 1,
    threshold: '> 0.25',
    samples: 10,
    baseline: 'b',
    activeAt: 0,
    firedAt: 0,
    resolvedAt: kind === 'resolved' ? 1 : null,
    resolveReason: kind === 'resolved' ? 'cleared' : null,
    spanFrom: 0,
    spanTo: 1,
    evidence: [],
    url: null,
  };
}

async function enqueue(database: Database, ...messages: AlertMessage[]): Promise<void> {
  const versionId = await ensureVersion(database, PROJECT, 'm', '1');
  const deliveries = messages.map((message) => ({
    versionId,
    receiver: 'ops',
    dedupKey: `key-${message.fingerprint}`,
    message,
  }));
  await enqueueDeliveries(database, deliveries, NOW);
}

describe('the outbox table', () => {
  test('hands out a resolve only when its trigger is done, and each row once', () =>
    withDatabase(async (database) => {
      await enqueue(database, messageOf('firing', 'a'), messageOf('resolved', 'a'), messageOf('firing', 'b'));
      const table = new DeliveryTable(database);
      const first = await table.claim(NOW, 10);
      assert.deepEqual(first.map(({ message }) => `${message.fingerprint} ${message.kind}`).sort(), [
        'a firing',
        'b firing',
      ]);
      assert.deepEqual(await table.claim(NOW, 10), [], 'what is claimed is not handed out again');
      const trigger = first.find(({ message }) => message.fingerprint === 'a');
      assert.ok(trigger);
      await table.sent(trigger.id, NOW, 'ok');
      const second = await table.claim(NOW, 10);
      assert.deepEqual(
        second.map(({ message }) => message.kind),
        ['resolved'],
      );
      assert.equal(second[0]?.attempt, 1);
    }));

  test('hands a row out again when its sender is gone, and after a retry is due', () =>
    withDatabase(async (database) => {
      await enqueue(database, messageOf('firing', 'a'));
      const table = new DeliveryTable(database);
      const [claimed] = await table.claim(NOW, 1);
      assert.ok(claimed);
      const [again] = await table.claim(NOW + 61_000, 1);
      assert.equal(again?.id, claimed.id);
      assert.equal(again?.attempt, 2);
      await table.retry(claimed.id, NOW, NOW + 500_000, 'status 500');
      assert.deepEqual(await table.claim(NOW + 499_000, 1), []);
      assert.equal((await table.claim(NOW + 500_000, 1))[0]?.attempt, 3);
    }));

  test('keeps one row for a receiver, episode and kind, however often it is put in', () =>
    withDatabase(async (database) => {
      await enqueue(database, messageOf('firing', 'a'));
      await enqueue(database, messageOf('firing', 'a'));
      assert.equal((await database.query('select 1 from delivery')).length, 1);
    }));
});

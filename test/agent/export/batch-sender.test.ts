import assert from 'node:assert/strict';
import { it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ReceiptSchema, Receipt_Status as Status } from '@tidemark/proto';
import { RECEIPT_TIMEOUT_MS } from '../../../agent/src/export/connection.ts';
import type { StreamHandlers } from '../../../agent/src/export/transport.ts';
import { makeExporter } from '../make-exporter.ts';

it('answers to batches that were never sent do not put off the end of waiting for one that was', async (t) => {
  const said: string[] = [];
  let handlers: StreamHandlers | undefined;
  const transport = {
    open: (given: StreamHandlers) => {
      handlers = given;
      return { write: () => said.push('write'), end: () => said.push('end'), cancel: () => said.push('cancel') };
    },
    close: () => said.push('close'),
  };
  const { exporter, version, window } = makeExporter('', { transport });
  const sent = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  exporter.push(window(version(), 3));
  exporter.send();
  await sent();
  for (let half = 0; half < 2; half++) {
    assert.deepEqual(said, ['write']);
    t.mock.timers.tick(RECEIPT_TIMEOUT_MS / 2);
    handlers?.onReceipt(create(ReceiptSchema, { sequence: 99n, status: Status.ACCEPTED }));
  }
  assert.deepEqual(said, ['write', 'close', 'cancel']);
  t.mock.timers.tick(1);
  await sent();
  assert.deepEqual(said.slice(3), ['write']);
  handlers?.onReceipt(create(ReceiptSchema, { sequence: 1n, status: Status.ACCEPTED }));
  assert.deepEqual([exporter.accounts.sentRows, exporter.pendingRows], [3, 0]);
  await exporter.stop({ timeoutMs: 0 });
});

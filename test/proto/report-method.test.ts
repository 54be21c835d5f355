import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { BatchSchema, REPORT_METHOD, Receipt_Status, ReceiptSchema } from '@tidemark/proto';

describe('the method Report', () => {
  test('is a stream both ways under a path that never changes', () => {
    assert.deepEqual(
      [REPORT_METHOD.path, REPORT_METHOD.requestStream, REPORT_METHOD.responseStream],
      ['/tidemark.v1.Collector/Report', true, true],
    );
    assert.deepEqual(Object.keys(REPORT_METHOD).sort(), [
      'path',
      'requestDeserialize',
      'requestSerialize',
      'requestStream',
      'responseDeserialize',
      'responseSerialize',
      'responseStream',
    ]);
    assert.ok(Object.isFrozen(REPORT_METHOD));
  });

  test('takes batches and gives receipts', () => {
    const batch = create(BatchSchema, { sourceId: new Uint8Array(16).fill(7), sequence: 2n ** 60n });
    const bytes = REPORT_METHOD.requestSerialize(batch);
    assert.ok(Buffer.isBuffer(bytes), 'grpc-js wants a Buffer');
    const received = REPORT_METHOD.requestDeserialize(bytes);
    assert.deepEqual({ ...received, sourceId: Uint8Array.from(received.sourceId) }, { ...batch });

    const refusals = [{ part: 'windows[0]', code: 'too_old', message: 'm', rows: 3n }];
    const receipt = create(ReceiptSchema, { sequence: 9n, status: Receipt_Status.ACCEPTED, refusals, slowDownMs: 5 });
    const answer = REPORT_METHOD.responseSerialize(receipt);
    assert.ok(Buffer.isBuffer(answer));
    assert.deepEqual(REPORT_METHOD.responseDeserialize(answer), receipt);
  });

  test('refuses bytes that are no message', () => {
    assert.throws(() => REPORT_METHOD.requestDeserialize(Buffer.from([0x0a, 0xff])));
  });
});

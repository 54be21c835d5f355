import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Connection, RECEIPT_TIMEOUT_MS } from '../../../agent/src/export/connection.ts';
import type { StreamHandlers } from '../../../agent/src/export/transport.ts';

function setUp(random = () => 0) {
  const said: string[] = [];
  let handlers: StreamHandlers | undefined;
  const stream = { write: () => said.push('write'), end: () => said.push('end'), cancel: () => said.push('cancel') };
  const transport = {
    open: (given: StreamHandlers) => {
      handlers = given;
      said.push('open');
      return stream;
    },
    close: () => said.push('close'),
  };
  const connection = new Connection(transport, random, {
    opened: () => {},
    receipt: () => said.push('receipt'),
    lost: ({ kind, cause }) => said.push(`lost: ${kind}: ${cause.message}`),
    resumed: () => said.push('resumed'),
  });
  return { connection, said, end: (code: number) => handlers?.onEnd({ code, details: 'd' }) };
}

describe('a connection', () => {
  it('gives up a collector that does not answer in time, once', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { connection, said, end } = setUp(() => 0.5);
    connection.open();
    connection.write(Buffer.alloc(1));
    t.mock.timers.tick(RECEIPT_TIMEOUT_MS - 1);
    assert.deepEqual(said, ['open', 'write']);
    t.mock.timers.tick(1);
    end(1);
    assert.deepEqual(said.slice(2), [
      'close',
      `lost: retry: DEADLINE_EXCEEDED: no receipt within ${RECEIPT_TIMEOUT_MS} ms`,
      'cancel',
    ]);
  });

  it('is not there again at once when it was given up for the process to end', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { connection, said } = setUp(() => 0);
    connection.open();
    connection.letGo();
    assert.equal(said.at(-1), 'cancel');
    t.mock.timers.tick(999);
    assert.deepEqual([said.at(-1), connection.waiting], ['cancel', true]);
    t.mock.timers.tick(1);
    assert.deepEqual([said.at(-1), connection.waiting], ['resumed', false]);
  });

  it('waits longer after every failure, and says when it may go on', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { connection, said, end } = setUp(() => 1);
    for (const waitMs of [250, 500, 1_000]) {
      connection.open();
      end(14);
      assert.equal(connection.waiting, true);
      t.mock.timers.tick(waitMs - 1);
      assert.equal(said.at(-1), 'lost: retry: UNAVAILABLE: d');
      t.mock.timers.tick(1);
      assert.deepEqual([said.at(-1), connection.waiting], ['resumed', false]);
    }
  });

  it('waits a minute where only a person can help', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { connection, end } = setUp();
    connection.open();
    end(16);
    t.mock.timers.tick(59_999);
    assert.equal(connection.waiting, true);
    t.mock.timers.tick(1);
    assert.equal(connection.waiting, false);
  });

  it('never waits for more than ten minutes, whatever it is asked for', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { connection, said } = setUp();
    connection.holdStill(2 ** 32 - 1);
    t.mock.timers.tick(599_999);
    assert.deepEqual([connection.waiting, said], [true, []]);
    t.mock.timers.tick(1);
    assert.deepEqual([connection.waiting, said], [false, ['resumed']]);
  });

  it('ends its stream when there is nothing to wait for, and opens another later', () => {
    const { connection, said, end } = setUp();
    connection.open();
    connection.rest();
    end(0);
    connection.rest();
    connection.open();
    assert.deepEqual(said, ['open', 'end', 'open']);
    connection.close();
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { toBinary } from '@bufbuild/protobuf';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { BatchSchema, LIMITS, REPORT_METHOD, type Receipt, Receipt_Status } from '@tidemark/proto';
import { serve, settingsFor } from '../collector/commands/program.ts';
import { HOUR, makeBatch, newSource, type TestWindow } from '../support/batches.ts';
import { createTestStore } from '../support/database.ts';

const PRINTABLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
const SQL = `'); drop table series; --`;
/** Of 128 bytes, the most that a name may have: every printable character of ASCII, SQL, and beyond ASCII. */
const NAME = `${PRINTABLE}${SQL}`.padEnd(124, 'x').concat('😀');

test('bad input, from the wire to the store and out through the API', async (t) => {
  const store = await createTestStore();
  t.after(() => store.remove());
  const collector = await serve(t, settingsFor(store));
  const client = new Client(`127.0.0.1:${collector.grpcPort}`, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  t.after(() => client.close());
  const { path, responseDeserialize } = REPORT_METHOD;
  const open = () => client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize);
  const source = newSource();
  const send = async (sequence: number, windows: readonly TestWindow[], from = source): Promise<Receipt> => {
    const stream = open();
    stream.write(Buffer.from(toBinary(BatchSchema, makeBatch(from, sequence, windows))));
    const [receipt] = (await once(stream, 'data')) as [Receipt];
    stream.end();
    await once(stream.resume(), 'end');
    return receipt;
  };
  const ask = async <T>(route: string): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${collector.httpPort}${route}`);
    assert.equal(response.status, 200, `${route}: ${response.status}`);
    return (await response.json()) as T;
  };
  const versionsOf = (model: string) =>
    ask<{ id: number; version: string }[]>(`/api/v1/models/${encodeURIComponent(model)}/versions`);
  const start = Math.floor(Date.now() / HOUR) * HOUR - HOUR;
  const refusalsOf = ({ refusals }: Receipt) => refusals.map(({ part, code, rows }) => `${part} ${code} ${rows}`);

  await t.test('a window of 1970 and one of 2100 are refused by name, and their neighbour is kept', async () => {
    const receipt = await send(1, [
      { start: 0, series: [{ values: [1, 2] }] },
      { start, series: [{ values: [1, 2, 3] }] },
      { start: Date.UTC(2100, 0, 1), series: [{ values: [1] }] },
    ]);
    assert.equal(receipt.status, Receipt_Status.ACCEPTED);
    assert.deepEqual(refusalsOf(receipt), ['windows[0] too_old 2', 'windows[2] in_the_future 1']);
  });

  await t.test('a name of every printable character, with SQL in it, comes out as it went in', async () => {
    assert.equal(Buffer.byteLength(NAME), LIMITS.maxNameBytes);
    const series = { field: NAME, slice: NAME, values: [1, 2, 3] };
    const receipt = await send(2, [{ model: NAME, version: NAME, start, series: [series] }]);
    assert.deepEqual([receipt.status, refusalsOf(receipt)], [Receipt_Status.ACCEPTED, []]);
    const models = await ask<{ model: string }[]>('/api/v1/models');
    assert.deepEqual(models.map(({ model }) => model).sort(), [NAME, 'm'].sort());
    const [version] = await versionsOf(NAME);
    assert.equal(version?.version, NAME);
    const kept = await ask<{ id: number; field: string; slice: string }[]>(`/api/v1/versions/${version?.id}/series`);
    assert.deepEqual(
      kept.map(({ field, slice }) => [field, slice]),
      [[NAME, NAME]],
    );
    const windows = await ask<object[]>(`/api/v1/series/${kept[0]?.id}/windows?width=1h`);
    assert.equal(windows.length, 1);
  });

  await t.test('a message over the cap ends its stream, and the collector goes on', async () => {
    const stream = open();
    stream.resume();
    stream.write(Buffer.alloc(LIMITS.maxBytes + 1));
    const [error] = (await once(stream, 'error')) as [ServiceError];
    assert.equal(error.code, status.RESOURCE_EXHAUSTED);
    assert.match(error.details, new RegExp(String(LIMITS.maxBytes)));
    assert.equal((await send(3, [{ start, series: [{ values: [4] }] }])).status, Receipt_Status.ACCEPTED);
  });

  await t.test('of two agents with one boot id, what came first under a number is kept, and once', async () => {
    const twins = newSource();
    const window = { model: 'twin', start, series: [{ values: [1, 2] }] };
    // Which of the two a batch was nobody can tell; either may throw it away.
    const KEPT: Receipt_Status[] = [Receipt_Status.ACCEPTED, Receipt_Status.DUPLICATE];
    for (const { status } of await Promise.all([send(1, [window], twins), send(1, [window], twins)]))
      assert.ok(KEPT.includes(status), `status ${status}`);
    assert.equal((await send(1, [window], twins)).status, Receipt_Status.DUPLICATE);
    assert.equal((await send(2, [window], twins)).status, Receipt_Status.ACCEPTED);
    const [version] = await versionsOf('twin');
    const [series] = await ask<{ id: number }[]>(`/api/v1/versions/${version?.id}/series`);
    const windows = await ask<{ valid: number }[]>(`/api/v1/series/${series?.id}/windows?width=1h`);
    assert.deepEqual(
      windows.map(({ valid }) => valid),
      [4],
    );
  });

  const ready = await fetch(`http://127.0.0.1:${collector.httpPort}/health/ready`);
  assert.equal(ready.status, 200, await ready.text());
});

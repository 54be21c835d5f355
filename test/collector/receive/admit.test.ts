import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { toBinary } from '@bufbuild/protobuf';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { BatchSchema, REPORT_METHOD, type Receipt, Receipt_Status } from '@tidemark/proto';
import { mintToken } from '../../../collector/src/access/token.ts';
import { TokenAccess, type TokenRecord } from '../../../collector/src/access/token-access.ts';
import type { ValidBatch } from '../../../collector/src/ingest/batch.ts';
import { createLog } from '../../../collector/src/log.ts';
import { ReceiveServer } from '../../../collector/src/receive/server.ts';
import { ANY_TIME, makeBatch, newSource, T0 } from '../../support/batches.ts';

/** A server that asks for tokens, what it took, and what opens streams to it. */
async function serve(t: TestContext) {
  const records = new Map<string, TokenRecord>();
  const state = { isAway: false };
  const access = new TokenAccess(
    {
      tokens: async (ids) => {
        if (state.isAway) throw new Error('the database is away');
        return ids.flatMap((id) => records.get(id) ?? []);
      },
    },
    { now: () => T0 },
  );
  const taken: ValidBatch[] = [];
  const server = new ReceiveServer('127.0.0.1:0', {
    access,
    ingest: {
      take: async (batch) => {
        taken.push(batch);
        return { kind: 'accepted', refusals: [] };
      },
    },
    bounds: () => ANY_TIME,
    settings: { of: () => undefined },
    clock: { now: () => T0 },
    log: createLog('silent'),
  });
  await server.start();
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  t.after(async () => {
    client.close();
    await server.stop(100);
  });
  const tokenOf = (projectId: number, scope: TokenRecord['scope'] = 'write') => {
    const { text, id, secretSha256 } = mintToken();
    const record = { id, projectId, scope, secretSha256, expiresAt: null, revokedAt: null as number | null };
    records.set(id, record);
    return { text, record };
  };
  const open = (token: string | null) => {
    const metadata = new Metadata();
    if (token !== null) metadata.set('authorization', `Bearer ${token}`);
    const { path, responseDeserialize } = REPORT_METHOD;
    return client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize, metadata);
  };
  return { access, taken, tokenOf, open, state };
}

const bytesOf = (source: Uint8Array, sequence: number) =>
  Buffer.from(toBinary(BatchSchema, makeBatch(source, sequence, [{ series: [{ values: [1] }] }])));

describe('a stream of batches', () => {
  test('is for the project of its token, whatever its batches say', async (t) => {
    const { open, tokenOf, taken } = await serve(t);
    const source = newSource();
    for (const projectId of [1, 2]) {
      const stream = open(tokenOf(projectId).text);
      stream.write(bytesOf(source, projectId));
      const [receipt] = (await once(stream, 'data')) as [Receipt];
      assert.equal(receipt.status, Receipt_Status.ACCEPTED);
      stream.end();
      await once(stream.resume(), 'end');
    }
    assert.deepEqual(
      taken.map(({ projectId, sequence }) => [projectId, sequence]),
      [
        [1, 1],
        [2, 2],
      ],
    );
  });

  for (const [name, scope, code] of [
    ['nobody', null, status.UNAUTHENTICATED],
    ['a stranger', undefined, status.UNAUTHENTICATED],
    ['a reader', 'read', status.PERMISSION_DENIED],
  ] as const) {
    test(`is refused to ${name}, and nothing of it is taken`, async (t) => {
      const { open, tokenOf, taken } = await serve(t);
      const token = scope === null ? null : scope === undefined ? mintToken().text : tokenOf(1, scope).text;
      const stream = open(token);
      stream.write(bytesOf(newSource(), 1));
      const [error] = await once(stream.resume(), 'error');
      assert.equal(error.code, code);
      assert.ok(token === null || !error.details.includes(token));
      assert.equal(taken.length, 0);
    });
  }

  test('is to be tried again where the store that knows the tokens is away', async (t) => {
    const { open, tokenOf, state } = await serve(t);
    state.isAway = true;
    const [error] = await once(open(tokenOf(1).text).resume(), 'error');
    assert.equal(error.code, status.UNAVAILABLE);
  });

  test('is closed when its token is revoked, others go on', async (t) => {
    const { open, tokenOf, access } = await serve(t);
    const [gone, stays] = [tokenOf(1), tokenOf(1)];
    const streams = [open(gone.text), open(stays.text)] as const;
    for (const stream of streams) {
      stream.write(bytesOf(newSource(), 1));
      await once(stream, 'data');
    }
    gone.record.revokedAt = T0;
    const ended = once(streams[0].resume(), 'error');
    await access.check();
    const [error] = await ended;
    assert.equal(error.code, status.UNAUTHENTICATED);
    assert.match(error.details, /was revoked/);
    streams[1].write(bytesOf(newSource(), 1));
    await once(streams[1], 'data');
    streams[1].end();
    await once(streams[1].resume(), 'end');
  });
});

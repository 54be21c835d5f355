import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { PostgresDatabase } from '../../../collector/src/store/postgres.ts';

const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const WELCOME = Buffer.concat([Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]), READY]);
const EMPTY = Buffer.concat([Buffer.from([0x43, 0, 0, 0, 13]), Buffer.from('SELECT 0\u0000'), READY]);

test('a server that goes silent in a transaction is waited for once, however many statements were asked', async (t) => {
  let talks = true;
  let statements = 0;
  let before = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let isNew = true;
    socket.on('error', () => undefined);
    socket.on('data', () => {
      if (isNew) socket.write(WELCOME);
      else {
        statements += 1;
        if (talks) socket.write(EMPTY);
      }
      isNew = false;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const database = await PostgresDatabase.connect(`postgres://nobody@127.0.0.1:${port}/none`, () => undefined);
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await database.close();
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
  };
  let asked: Promise<PromiseSettledResult<object[]>[]> | undefined;
  const work = database.transaction(async (tx) => {
    talks = false;
    before = statements;
    const steps = Array.from({ length: 8 }, () => tx.query('select 1'));
    asked = Promise.allSettled(steps);
    await asked;
    return Promise.all(steps);
  });
  let outcome: unknown;
  work.then(
    () => undefined,
    (error: unknown) => {
      outcome = error;
    },
  );
  await until(() => asked !== undefined && statements > before);
  const sent = statements;
  t.mock.timers.tick(65_000);
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.match(String(outcome), /Query read timeout/);
  assert.ok((await asked)?.every(({ status }) => status === 'rejected'));
  assert.equal(statements, sent, 'nothing was sent after that');
});

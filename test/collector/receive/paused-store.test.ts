import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { toBinary } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import { BatchSchema, LIMITS, REPORT_METHOD, type Receipt, Receipt_Status } from '@tidemark/proto';
import { openAccess } from '../../../collector/src/access/access.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { createLog } from '../../../collector/src/log.ts';
import { Backlog } from '../../../collector/src/receive/backlog.ts';
import { ReceiveServer } from '../../../collector/src/receive/server.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { ANY_TIME, makeBatch, newSource, PROJECT, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { seededRandom } from '../../support/random.ts';

const STREAMS = 200;
const BATCHES = LIMITS.maxUnacknowledged;
const SERIES = 20;
const MAX_BYTES = 4 * 1024 * 1024;
/** Waits that agents are told are waited for this much faster. */
const HASTE = 50;
/** What 200 streams, both ends of them in this process, take beside what waits, and generously. */
const STREAM_BYTES = 56 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const memory = () => {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** An agent that keeps its batches until they have their receipts, and stays away as it is told. */
class Sender {
  readonly told: number[] = [];
  readonly done = Promise.withResolvers<void>();
  readonly #open: () => ReturnType<typeof openStream>;
  readonly #kept: Map<bigint, Buffer>;
  #stream: ReturnType<typeof openStream> | undefined;
  #unanswered = 0;
  #stayAwayMs = 0;

  constructor(open: () => ReturnType<typeof openStream>, batches: readonly Buffer[]) {
    this.#open = open;
    this.#kept = new Map(batches.map((bytes, i) => [BigInt(i + 1), bytes]));
  }

  send(): void {
    const stream = this.#open();
    this.#stream = stream;
    this.#unanswered = this.#kept.size;
    this.#stayAwayMs = 0;
    stream.on('error', (error: Error) => this.done.reject(error));
    stream.on('data', (receipt: Receipt) => this.#settle(receipt));
    for (const bytes of this.#kept.values()) stream.write(bytes);
  }

  #settle({ sequence, status, slowDownMs }: Receipt): void {
    this.#unanswered -= 1;
    this.#stayAwayMs = Math.max(this.#stayAwayMs, slowDownMs);
    if (status === Receipt_Status.RETRY) assert.ok(slowDownMs > 0);
    else this.#kept.delete(sequence);
    if (slowDownMs > 0) this.told.push(slowDownMs);
    if (this.#unanswered > 0) return;
    this.#stream?.end();
    if (this.#kept.size === 0) this.done.resolve();
    else void wait(this.#stayAwayMs / HASTE).then(() => this.send());
  }
}

function openStream(client: Client) {
  const { path, responseDeserialize } = REPORT_METHOD;
  return client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize);
}

test(`${STREAMS} streams and a store that stands still: bounded memory, returns spread out, every count exact`, (t) =>
  withDatabase(async (database) => {
    const store = createIngestStore(database, await registerCollector(database, randomUUID(), 'test'));
    const gate = Promise.withResolvers<void>();
    const ingest = new Ingest(
      { ...store, transaction: (work) => gate.promise.then(() => store.transaction(work)) },
      () => undefined,
    );
    // Its time stands still, so that what agents are told differs by their places alone.
    const backlog = new Backlog({ maxBytes: MAX_BYTES, random: seededRandom(3), monotonicNow: () => 0 });
    const server = new ReceiveServer(
      '127.0.0.1:0',
      {
        ingest,
        bounds: () => ANY_TIME,
        access: openAccess(PROJECT),
        settings: { of: () => undefined },
        clock: { now: () => T0 },
        log: createLog('silent'),
      },
      { backlog },
    );
    await server.start();
    const clients = Array.from(
      { length: 4 },
      (_, i) => new Client(`127.0.0.1:${server.port}`, credentials.createInsecure(), { own: i }),
    );
    t.after(async () => {
      for (const client of clients) client.close();
      await server.stop(100);
    });
    const series = Array.from({ length: SERIES }, (_, i) => ({ field: `f${i}`, values: [1, 2, 3] }));
    const model = makeBatch(newSource(), 1, [{ series }]);
    const senders = Array.from({ length: STREAMS }, (_, s) => {
      const sourceId = newSource();
      const batches = Array.from({ length: BATCHES }, (_, i) =>
        Buffer.from(toBinary(BatchSchema, { ...model, sourceId, sequence: BigInt(i + 1) })),
      );
      return new Sender(() => openStream(clients[s % clients.length] as Client), batches);
    });

    const before = memory();
    for (const sender of senders) sender.send();
    // While nothing is committed, every stream but those that came first has been told to stay away.
    const deadline = performance.now() + 60_000;
    while (senders.filter(({ told }) => told.length >= BATCHES).length < STREAMS * 0.8) {
      assert.ok(backlog.bytes <= MAX_BYTES, `${backlog.bytes} bytes wait`);
      assert.ok(performance.now() < deadline, 'agents are not told');
      await wait(5);
    }
    const growth = memory() - before;
    const first = senders.flatMap(({ told }) => (told.length >= BATCHES ? [Math.max(...told.slice(0, BATCHES))] : []));
    gate.resolve();
    await Promise.all(senders.map(({ done }) => done.promise));

    assert.ok(growth < MAX_BYTES + STREAM_BYTES, `${growth} bytes more than before`);
    const [soonest, latest] = [Math.min(...first), Math.max(...first)];
    const tenths = new Map<number, number>();
    for (const ms of first) {
      const tenth = Math.min(9, Math.floor((10 * (ms - soonest)) / (latest - soonest)));
      tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
    }
    t.diagnostic(JSON.stringify({ growthMegabytes: growth / 1e6, soonest, latest, tenths: [...tenths.values()] }));
    assert.ok(latest - soonest >= 800, `${soonest} to ${latest} ms`);
    assert.ok(Math.max(...tenths.values()) < first.length / 4, 'they would come back together');
    assert.equal(backlog.bytes, 0);
    const [row] = await database.query(
      `select (select sum(n_rows)::int8 from traffic_1h) as rows, (select sum(n_valid)::int8 from summary_1h) as valid,
         (select count(*) from ingest_batch) as batches`,
    );
    const batches = STREAMS * BATCHES;
    assert.deepEqual(row, { rows: 3 * batches, valid: 3 * SERIES * batches, batches });
  }));

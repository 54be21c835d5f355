import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite, parse } from '@electric-sql/pglite';
import { parseBytes, parseInt8, parseTimestamp, type SqlValue, TYPE_IDS } from './database.ts';
import type { EngineStart, WorkerAnswer, WorkerRequest } from './embedded-engine.ts';
import { KeptPlans } from './kept-plans.ts';
import { isPackedRows } from './packed-rows.ts';
import { RowTypes } from './row-types.ts';
import { forgetMessage, preparedMessage, prepareMessage, statementMessage } from './statement-message.ts';

/** By what PostgreSQL's own errors leave its main loop: they are no traps. */
const LONG_JUMP = 100;

/** Nothing more may be asked of the engine. */
class EngineUnusable extends Error {}

// The engine lives in a thread of its own, so that a long statement never holds up receipts.
const port = parentPortOf();

const rowTypes = new RowTypes();
const { directory, code } = workerData as EngineStart;
const engine = await PGlite.create({
  dataDir: directory,
  pgliteWasmModule: code,
  parsers: { [TYPE_IDS.bytea]: parseBytes, [TYPE_IDS.int8]: parseInt8, [TYPE_IDS.timestamptz]: parseTimestamp },
});
endWithTraps();
const plans = new KeptPlans({
  prepare: (name, sql) => read(prepareMessage(name, sql)),
  forget: (name) => read(forgetMessage(name)),
});
await engine.exec("set timezone = 'UTC'");
port.postMessage({ id: 0, rows: [] } satisfies WorkerAnswer);

// One after the other, so that nothing that was asked meanwhile runs in an engine that has trapped.
let before: Promise<void> = Promise.resolve();
port.on('message', (request: WorkerRequest) => {
  before = before.then(() => answer(request));
});

async function answer(request: WorkerRequest): Promise<void> {
  try {
    const rows = await run(request);
    const given = request.kind === 'query' ? memoryOf(request.values) : [];
    port.postMessage({ id: request.id, rows, given } satisfies WorkerAnswer, given);
  } catch (error) {
    const { message, code } = error as { message: string; code?: string };
    port.postMessage({
      id: request.id,
      error: { message, ...(code === undefined ? {} : { code }) },
    } satisfies WorkerAnswer);
    if (error instanceof EngineUnusable) await end();
  }
}

/**
 * A trap leaves the engine's memory in an unknown state; only a fresh one can be trusted. PGlite 0.5 catches all that its main loop
 * throws, goes on with the rest of the message, and answers as if nothing had been: so the thread ends before it can.
 */
function endWithTraps(): void {
  const loop = engine.Module._PostgresMainLoopOnce;
  engine.Module._PostgresMainLoopOnce = () => {
    try {
      return loop();
    } catch (error) {
      if ((error as { status?: number }).status !== LONG_JUMP) process.exit(1);
      throw error;
    }
  };
}

/** What was handed over with packed rows, which the engine has copied. */
function memoryOf(values: readonly SqlValue[]): ArrayBuffer[] {
  return values.filter(isPackedRows).map(({ bytes }) => bytes.buffer as ArrayBuffer);
}

function parentPortOf(): MessagePort {
  if (parentPort === null) throw new Error('embedded-worker.ts is started by embedded.ts, as a worker thread');
  return parentPort;
}

/** Ends the thread when what has been said is on its way; never resolves, so that nothing follows. */
function end(): Promise<never> {
  setImmediate(() => process.exit(1));
  return new Promise(() => undefined);
}

async function run(request: WorkerRequest): Promise<object[]> {
  if (request.kind === 'query') return queryWithRows(request);
  // What comes behind it may not be done outside a transaction.
  if (request.kind === 'begin') return orEnd(query('begin'));
  if (request.kind === 'commit') return commit();
  if (request.kind === 'rollback') return rollback();
  await engine.close();
  return [];
}

/** What comes next may be of another transaction already, so that this one must not stay open. */
async function commit(): Promise<object[]> {
  try {
    const messages = await exchange(statementMessage('commit', []));
    // A transaction in which something failed is rolled back by that, without an error.
    if (messages.some((message) => 'text' in message && message.text === 'COMMIT')) return [];
    throw new Error('the embedded database has rolled back what was to be committed');
  } catch (error) {
    await rollback();
    throw error;
  }
}

function rollback(): Promise<object[]> {
  return orEnd(query('rollback'));
}

/** Whatever keeps a transaction from its beginning or its end leaves nothing that could go on. */
function orEnd(step: Promise<object[]>): Promise<object[]> {
  return step.catch((error: unknown) => {
    throw new EngineUnusable('the embedded database cannot go on', { cause: error });
  });
}

function queryWithRows({ sql, values, keepPlan }: WorkerRequest & { readonly kind: 'query' }): Promise<object[]> {
  return rowTypes.during(async () => {
    await rowTypes.nameIn(values, { query });
    return keepPlan ? plans.during(sql, (name) => read(preparedMessage(name, values))) : query(sql, values);
  });
}

function query<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
  return read(statementMessage(sql, values));
}

/** Has the engine do what a message says, and answers the rows of it. */
async function read<Row extends object>(message: Uint8Array): Promise<Row[]> {
  return (parse.parseResults(await exchange(message), engine.parsers)[0]?.rows ?? []) as Row[];
}

async function exchange(message: Uint8Array) {
  return (await engine.runExclusive(() => engine.execProtocol(message))).messages;
}

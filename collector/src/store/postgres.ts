import pg from 'pg';
import { CollectorError, messageOf } from '../errors.ts';
import {
  type Database,
  parseInt8,
  parseTimestamp,
  type Queryable,
  type SqlValue,
  TYPE_IDS,
  toText,
} from './database.ts';
import { isPackedRows } from './packed-rows.ts';
import { RowTypes } from './row-types.ts';
import { Transaction } from './transaction.ts';

/** A PostgreSQL server, or TimescaleDB on one. */
export class PostgresDatabase implements Database {
  readonly kind = 'postgres';
  readonly #pool: pg.Pool;
  readonly #connection: pg.ClientConfig;
  readonly #rowTypes = new RowTypes();

  private constructor(pool: pg.Pool, connection: pg.ClientConfig) {
    this.#pool = pool;
    this.#connection = connection;
  }

  /**
   * Connects and asks one question, so that a wrong address shows at once.
   * @throws {CollectorError} `DATABASE_UNAVAILABLE`; the message names host and database, never the password.
   */
  static async connect(url: string, onError: (error: Error) => void): Promise<PostgresDatabase> {
    const connection: pg.ClientConfig = {
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      application_name: 'tidemark',
      // Our statements read small rows by key; compiling them costs more than it saves. TimescaleDB's cap of 100 000 rows
      // taken out of the columnstore by one statement (a thousand for each late row) would refuse a batch of 101 late
      // series for ever; batches and their groups are bounded, so the cap is lifted. Elsewhere nobody knows that setting.
      options: '-c jit=off -c timezone=UTC -c timescaledb.max_tuples_decompressed_per_dml_transaction=0',
      types: { getTypeParser },
      // What is asked at once goes to the server at once, and is done there in that order.
      pipeline: true,
    };
    const pool = new pg.Pool({
      ...connection,
      max: 8,
      statement_timeout: 60_000,
      query_timeout: 65_000,
      // A collector that vanishes in a transaction must not keep its locks until TCP notices, hours later.
      idle_in_transaction_session_timeout: 60_000,
    });
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    pool.on('error', onError);
    try {
      await pool.query('select 1');
    } catch (error) {
      await pool.end();
      throw new CollectorError(
        'DATABASE_UNAVAILABLE',
        `cannot reach PostgreSQL at ${describe(url)}: ${messageOf(error)}. Is it running, and is database_url right?`,
        { cause: error },
      );
    }
    return new PostgresDatabase(pool, connection);
  }

  async query<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#rowTypes.during(async () => {
      await this.#rowTypes.nameIn(values, direct(this.#pool));
      return ask<Row>(this.#pool, sql, values);
    });
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    // The pool listens to idle connections only. One that dies between two statements of ours says so here, and without
    // a listener that would end the process.
    const onError = (error: Error) => {
      broken = error;
    };
    client.on('error', onError);
    const tx = new Transaction(new Session(client, this.#rowTypes));
    try {
      const result = await work(tx);
      await tx.commit();
      return result;
    } catch (error) {
      // A connection that has not answered in time would not answer a rollback either: it ends, and with it the transaction.
      const silent = [error, await tx.settled()].find(isSilent);
      if (silent !== undefined) broken = silent;
      else
        await client.query('rollback').catch((cause: Error) => {
          broken = cause;
        });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  async session<T>(work: (session: Queryable) => Promise<T>): Promise<T> {
    const client = new pg.Client(this.#connection);
    // A connection that dies between two statements of ours fails the next one; without a listener it would end the process.
    client.on('error', () => undefined);
    await client.connect();
    try {
      // Of a program that is gone nothing should run on, and hold locks, to the end of a long statement. Not every server can tell.
      await client.query(`set client_connection_check_interval = '5s'`).catch(() => undefined);
      return await work(new Session(client, this.#rowTypes));
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Whether the driver gave up waiting (`query_timeout`); the message is all that `pg` says of it. */
function isSilent(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** A connection that nobody else uses. What is asked of it at once goes to the server at once, and is done in that order. */
class Session implements Queryable {
  readonly #client: pg.ClientBase;
  readonly #rowTypes: RowTypes;
  /** When the types of all packed rows that were asked before are known; until then nothing overtakes them. */
  #typed: Promise<unknown> = Promise.resolve();

  constructor(client: pg.ClientBase, rowTypes: RowTypes) {
    this.#client = client;
    this.#rowTypes = rowTypes;
  }

  async query<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const typed = this.#typed.then(() => this.#rowTypes.nameIn(values, direct(this.#client)));
    this.#typed = typed.catch(() => undefined);
    return this.#rowTypes.during(async () => {
      await typed;
      return ask<Row>(this.#client, sql, values);
    });
  }
}

function direct(asked: pg.Pool | pg.ClientBase): Queryable {
  return { query: (sql, values = []) => ask(asked, sql, values) };
}

async function ask<Row extends object>(
  asked: pg.Pool | pg.ClientBase,
  sql: string,
  values: readonly SqlValue[],
): Promise<Row[]> {
  const result = await asked.query(sql, values.map(toDriver));
  return result.rows as Row[];
}

function toDriver(value: SqlValue): unknown {
  if (typeof value === 'string') return toText(value);
  const bytes = isPackedRows(value) ? value.bytes : value;
  // What is a buffer goes in binary form.
  return bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes;
}

function getTypeParser(id: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (id === TYPE_IDS.int8) return parseInt8;
  if (id === TYPE_IDS.timestamptz) return parseTimestamp;
  return pg.types.getTypeParser(id, format === 'binary' ? 'text' : format);
}

function describe(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url);
    return `${searchParams.get('host') ?? hostname}:${port || '5432'}${pathname}`;
  } catch {
    return 'an address that is not a URL';
  }
}

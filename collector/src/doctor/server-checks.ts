import type { Database } from '../store/database.ts';
import {
  listOldTransactions,
  readServer,
  readServerClock,
  readTimescale,
  type ServerFacts,
  type TimescaleFacts,
} from '../store/examine/server.ts';
import { LEVELS } from '../store/levels.ts';
import { readMigrations } from '../store/migrations.ts';
import { readSchemaState, type SchemaState } from '../store/schema-state.ts';
import { type Check, fine, type Verdict, warning, wrong } from './check.ts';

/** An open database. `now` is this machine's clock, in ms. */
export type Server = { readonly database: Database; readonly now: () => number };

/** Every version on which the statements are known to run. */
const OLDEST_MAJOR = 15;
const NEWEST_MAJOR = 18;
/** Windows of agents are refused when they lie 5 minutes ahead of the collector; long before, times stop to mean the same. */
const NOTABLE_SKEW_MS = 5_000;
const MAX_SKEW_MS = 60_000;
const OLD_TRANSACTION_MINUTES = 10;
const FEW_CONNECTIONS = 10;

/** What can be looked at in any database, also an empty one. */
export const SERVER_CHECKS: readonly Check<Server>[] = [
  {
    name: 'server',
    advice: `Use PostgreSQL ${OLDEST_MAJOR} to ${NEWEST_MAJOR} with a database in UTF8, and leave connections for the collector (8 each).`,
    run: async ({ database }) => judgeServer(await readServer(database)),
  },
  {
    name: 'writing',
    advice: 'Connect to the server that takes writes, not to a replica, and lift default_transaction_read_only.',
    run: async ({ database }) => judgeWriting(await readServer(database)),
  },
  {
    name: 'durability',
    advice:
      'Set fsync, full_page_writes and synchronous_commit to on: otherwise a power cut takes what agents were told is safe.',
    run: async ({ database }) => judgeDurability(database.kind, await readServer(database)),
  },
  {
    name: 'clock',
    advice: 'Set the clocks of this machine and of the database by NTP.',
    run: async ({ database, now }) => {
      const asked = now();
      const server = await readServerClock(database);
      return judgeSkew(server - (asked + now()) / 2);
    },
  },
  {
    name: 'schema',
    advice:
      'Run tidemark migrate, or start the collector, which does the same; a newer schema needs the newer program.',
    run: async ({ database }) => judgeSchema(await readSchemaState(database, await readMigrations())),
  },
  {
    name: 'timescaledb',
    advice: 'Start the collector once as a user that may make hypertables; it turns its tables into them.',
    run: async ({ database }) => judgeTimescale(await readTimescale(database)),
  },
  {
    name: 'transactions',
    advice:
      'End sessions that nobody needs: select pg_terminate_backend(pid). While they last, no vacuum frees what is deleted.',
    run: async ({ database }) => {
      const old = await listOldTransactions(database, OLD_TRANSACTION_MINUTES);
      if (old.length === 0) return fine(`none is older than ${OLD_TRANSACTION_MINUTES} minutes`);
      const list = old.map(({ pid, program, since }) => `${pid} (${program}) since ${new Date(since).toISOString()}`);
      return warning(`in one transaction for long: ${list.join(', ')}`);
    },
  },
];

/** Judges what runs the database. */
export function judgeServer({ major, version, encoding, bytes, connections, maxConnections }: ServerFacts): Verdict {
  const detail = `PostgreSQL ${version}, ${encoding}, ${Math.ceil(bytes / 1024 / 1024)} MiB, ${connections} of ${maxConnections} connections`;
  if (major < OLDEST_MAJOR || encoding !== 'UTF8') return wrong(detail);
  // The embedded engine has one session, and needs no other.
  const isCrowded = maxConnections > FEW_CONNECTIONS && maxConnections - connections < FEW_CONNECTIONS;
  return major > NEWEST_MAJOR || isCrowded ? warning(detail) : fine(detail);
}

/** Judges whether anything can be stored. */
export function judgeWriting({ isReplica, isReadOnly }: Pick<ServerFacts, 'isReplica' | 'isReadOnly'>): Verdict {
  if (isReplica) return wrong('the server follows another one and takes no writes');
  return isReadOnly ? wrong('transactions are read only') : fine('takes writes');
}

/** Judges what is left after a power cut. */
export function judgeDurability(
  kind: Database['kind'],
  { fsync, fullPageWrites, synchronousCommit }: Pick<ServerFacts, 'fsync' | 'fullPageWrites' | 'synchronousCommit'>,
): Verdict {
  if (kind === 'embedded') {
    return fine(
      'embedded: survives the end of the process, also kill -9; never calls fsync, so a power cut may take the last seconds or the store',
    );
  }
  const off = Object.entries({ fsync, full_page_writes: fullPageWrites, synchronous_commit: synchronousCommit })
    .filter(([, value]) => value === 'off')
    .map(([name]) => name);
  return off.length === 0 ? fine('what is committed survives a power cut') : wrong(`off: ${off.join(', ')}`);
}

/** Judges by how many ms the database's clock is ahead of this machine's. */
export function judgeSkew(ms: number): Verdict {
  const detail = `the database is ${Math.abs(ms / 1000).toFixed(1)} s ${ms < 0 ? 'behind' : 'ahead of'} this machine`;
  if (!(Math.abs(ms) <= MAX_SKEW_MS)) return wrong(detail);
  return Math.abs(ms) > NOTABLE_SKEW_MS ? warning(detail) : fine(detail);
}

/** Judges how far the tables are. */
export function judgeSchema({ applied, pending, unknown, edited }: SchemaState): Verdict {
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(', ');
  if (unknown.length > 0) return wrong(`migrations of a newer program: ${unknown.join(', ')}`);
  if (edited.length > 0) return wrong(`edited after they were applied: ${names(edited)}`);
  if (applied.length === 0) return warning('there are no tables yet');
  if (pending.length > 0) return warning(`pending: ${names(pending)}`);
  const newest = applied.at(-1);
  return fine(
    `${applied.length} migrations, ${newest?.version} since ${new Date(newest?.applied_at ?? 0).toISOString()}`,
  );
}

/** Judges whether TimescaleDB, where it is there, is used. */
export function judgeTimescale(facts: TimescaleFacts): Verdict {
  if (facts.kind === 'absent') return fine('not on this server: plain tables');
  if (facts.kind === 'available') {
    return fine(
      `${facts.version} is on this server but not in this database: plain tables (create extension timescaledb)`,
    );
  }
  const expected = LEVELS.flatMap(({ summaries, traffic }) => [summaries, traffic]);
  const plain = expected.filter((table) => !facts.hypertables.includes(table));
  const detail = `${facts.version}, licence ${facts.licence}${facts.licence === 'timescale' ? '' : ' (without compression and policies)'}`;
  if (plain.length > 0) return wrong(`${detail}; not hypertables: ${plain.join(', ')}`);
  return fine(`${detail}, ${facts.hypertables.length} hypertables`);
}

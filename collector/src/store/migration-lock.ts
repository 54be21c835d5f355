import { setTimeout } from 'node:timers/promises';
import { CollectorError } from '../errors.ts';
import type { Queryable } from './database.ts';

/** Any number that is ours: the lock under which programs that start at the same time take turns. */
const LOCK_KEY = 7_411_001;
const ASK_EVERY_MS = 200;

/** How long the lock is waited for, in ms, and who hears, once, that it is being waited for. */
export type LockPatience = { readonly patienceMs: number; readonly onWait: (holder: string) => void };

/**
 * Runs `work` while this session alone may migrate. The lock ends with the session, however that ends.
 * @throws {CollectorError} `MIGRATION_LOCKED`, naming who holds it, when it is not to be had in time.
 */
export async function withMigrationLock<T>(
  session: Queryable,
  { patienceMs, onWait }: LockPatience,
  work: () => Promise<T>,
): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  // Asked for again and again instead of waited for: whoever builds an index concurrently waits for every statement
  // that began before, also for one that waits for this lock.
  for (let isFirst = true; !(await tryLock(session)); isFirst = false) {
    const holder = await holderOf(session);
    if (holder !== null && isFirst) onWait(holder);
    if (performance.now() >= giveUpAt) throw locked(holder, patienceMs);
    await setTimeout(ASK_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    await session.query('select pg_advisory_unlock($1)', [LOCK_KEY]).catch(() => []);
  }
}

async function tryLock(session: Queryable): Promise<boolean> {
  const rows = await session.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LOCK_KEY]);
  return rows[0]?.got === true;
}

/** Who holds the lock, for people; null where nobody does any more. */
async function holderOf(session: Queryable): Promise<string | null> {
  const rows = await session.query<{ pid: number; program: string; host: string | null; since: string; doing: string }>(
    `select pid, application_name as program, host(client_addr) as host,
       to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
       coalesce(state || ': ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 80), 'of another user') as doing
     from pg_stat_activity join pg_locks using (pid)
     where locktype = 'advisory' and granted and classid = 0 and objid = $1::int8::oid and objsubid = 1
       and database = (select oid from pg_database where datname = current_database())`,
    [LOCK_KEY],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { pid, program, host, since, doing } = row;
  return `backend ${pid} (${program === '' ? 'a program without a name' : program} on ${host ?? 'the machine of the database'}, connected since ${since}; ${doing})`;
}

function locked(holder: string | null, patienceMs: number): CollectorError {
  return new CollectorError(
    'MIGRATION_LOCKED',
    `another program is migrating the database and was not done after ${patienceMs / 1000} s: ${holder ?? 'one after the other'}. ` +
      'Start again when it is done. If that program is gone, end its session: select pg_terminate_backend(pid).',
  );
}

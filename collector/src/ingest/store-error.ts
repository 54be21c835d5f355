/**
 * What an error of a commit means: a value is at fault and will be for ever (`data`), another transaction was in the way
 * and may be gone (`conflict`), or the store itself cannot keep anything now (`fault`).
 */
export type StoreError =
  | { readonly kind: 'data' }
  | { readonly kind: 'conflict' }
  /** `reason` says what ails the store, for people; it holds nothing of the error's own text, which may name what nobody should read. */
  | { readonly kind: 'fault'; readonly reason: string };

/** SQLSTATEs, or classes of them, by which a store says what ails it (PostgreSQL documentation, appendix A); the longest that fits counts. */
const FAULTS: Readonly<Record<string, string>> = {
  '08': 'the connection to the database broke',
  '25006': 'the database is read-only: a replica, or default_transaction_read_only is on',
  '25P03': 'the database ended a transaction that stood idle',
  '28': 'the database does not let the collector in: user, password or pg_hba.conf',
  '3D000': 'the database does not exist',
  '42501': 'the database user may not write: grant it what its tables need',
  '53': 'the database is out of resources',
  '53100': 'the disk of the database is full',
  '53200': 'the database is out of memory',
  '53300': 'the database has no connection left: raise max_connections or give other programs fewer',
  '55P03': 'somebody holds a lock in the database for too long',
  '57014': 'the database took too long: a statement ran into its timeout',
  '57P01': 'the database is shutting down',
  '57P02': 'the database has crashed and recovers',
  '57P03': 'the database is starting up, or stands still',
  '57P04': 'the database was dropped',
  '58': 'the machine of the database reports errors of its files',
  XX001: 'the database says that data of its own is damaged',
  XX002: 'the database says that an index of its own is damaged',
};

/** Codes of Node's sockets and resolver. */
const AWAY = /^(?:E(?:CONN|PIPE|TIMEDOUT|HOST|NET|AI_|NOTFOUND|ADDRNOTAVAIL)|ENOENT)/;
/** `pg` gives these no code. */
const LOST_CONNECTION = /connection terminated|client has encountered a connection error|connection ended/i;
const TOO_LATE = /timeout expired|read timeout|timeout exceeded/i;

/** Reads what the driver threw. Whatever is not known is a fault: what is sent again is never lost. */
export function readStoreError(error: unknown): StoreError {
  const code = codeOf(error);
  if (/^22[0-9A-Z]{3}$/.test(code)) return { kind: 'data' };
  // Class 40: deadlock, serialization. 23503: what a row refers to was deleted between the look and the commit; the next look shows it.
  if (/^40[0-9A-Z]{3}$/.test(code) || code === '23503') return { kind: 'conflict' };
  return { kind: 'fault', reason: reasonOf(code, error instanceof Error ? error.message : '') };
}

function reasonOf(code: string, message: string): string {
  const told = FAULTS[code] ?? (/^[0-9A-Z]{5}$/.test(code) ? FAULTS[code.slice(0, 2)] : undefined);
  if (told !== undefined) return `${told} (SQLSTATE ${code})`;
  if (code === 'ENOSPC') return 'the disk of the database is full (ENOSPC)';
  if (AWAY.test(code)) return `the database cannot be reached (${code})`;
  if (LOST_CONNECTION.test(message)) return 'the connection to the database broke';
  if (TOO_LATE.test(message)) return 'the database does not answer in time';
  return `commits fail${/^[0-9A-Z]{5}$/.test(code) ? ` (SQLSTATE ${code})` : ''}: the log has the reason`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

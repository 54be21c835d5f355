import type { PackedRows } from './packed-rows.ts';

/** What may be passed for `$1`; arrays go as text through `toArrayLiteral`, many rows at once as `PackedRows`. */
export type SqlValue = string | number | bigint | boolean | Uint8Array | Date | PackedRows | null;

/** Something that answers SQL: a database or an open transaction on it. */
export type Queryable = {
  /** Runs one statement. Times come back as ms since the epoch, int8 as numbers, bytea as Uint8Array. */
  query<Row extends object>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
};

/** How a transaction is gone about. */
export type TransactionOptions = {
  /**
   * All that it asks is asked again and again in the same words: an embedded database plans what has one plan only once instead of
   * every time, which took a tenth of its time. A server is left to plan as it likes; who knows what stands before it.
   */
  readonly keepPlans?: boolean;
};

/** PostgreSQL by either route; everything above this line of the store knows no driver. */
export type Database = Queryable & {
  readonly kind: 'postgres' | 'embedded';
  /**
   * Runs `work` in a transaction: commits when it returns, rolls back when it throws. What it asks for at once is on its way at
   * once, and done in that order; where one fails, all that come after it do.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Runs `work` on a session of its own, outside of any transaction and without a limit of time: for what takes long,
   * holds a lock of the session or refuses transactions. The embedded database has one session and lends it.
   */
  session<T>(work: (session: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** Object ids of the types that both drivers must read alike. */
export const TYPE_IDS = { bytea: 17, int8: 20, timestamptz: 1184 } as const;

/** Reads bytea, which comes in hex: `\\x00ff`. */
export function parseBytes(text: string): Uint8Array {
  return Buffer.from(text.slice(2), 'hex');
}

/** Reads int8; counts are checked to stay below 2^53 before they are stored. */
export function parseInt8(text: string): number {
  return Number(text);
}

/** Reads timestamptz as ms since the epoch. */
export function parseTimestamp(text: string): number {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  // PostgreSQL writes `2001-01-31 23:00:00.5+00`: ISO 8601 but for the blank and the short offset.
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  return Date.parse(iso);
}

/** Text without NUL, the one character that PostgreSQL cannot hold; U+FFFD stands in for it. */
export function toText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD');
}

/** JSON for `$1::text::jsonb`. What jsonb refuses, escapes of NUL and of half surrogate pairs, becomes U+FFFD. */
export function toJson(value: unknown): string {
  // An odd number of backslashes begins an escape, an even one is text.
  return JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '$1\uFFFD');
}

type ArrayItem = string | number | boolean | Uint8Array | null;

/**
 * Writes an array in PostgreSQL's text form, for `$1::text::float8[]` and its like: the one way that
 * both drivers pass arrays of every type alike.
 */
export function toArrayLiteral(items: readonly ArrayItem[]): string {
  return `{${items.map(toArrayItem).join(',')}}`;
}

function toArrayItem(item: ArrayItem): string {
  if (item === null) return 'NULL';
  if (typeof item === 'number' || typeof item === 'boolean') return String(item);
  if (typeof item === 'string') return `"${item.replace(/["\\]/g, '\\$&')}"`;
  return `"\\\\x${Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString('hex')}"`;
}

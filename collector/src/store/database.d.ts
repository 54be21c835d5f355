/** What may be passed for `$1`; arrays go as text through `toArrayLiteral`. */
export type SqlValue = string | number | bigint | boolean | Uint8Array | Date | null;
/** Something that answers SQL: a database or an open transaction on it. */
export type Queryable = {
  /** Runs one statement. Times come back as ms since the epoch, int8 as numbers, bytea as Uint8Array. */
  query<Row extends object>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
};
/** An open transaction. */
export type Transaction = Queryable & {
  /**
   * Puts rows in the binary form of `COPY` (`BinaryRows`) into a table; all of its columns, in their order.
   * @throws {Error} what the server says of them; nothing of the transaction is kept then.
   */
  copyIn(table: string, rows: Uint8Array): Promise<void>;
};
/** PostgreSQL by either route; everything above this line of the store knows no driver. */
export type Database = Queryable & {
  readonly kind: 'postgres' | 'embedded';
  /** Runs `work` in a transaction: commits when it returns, rolls back when it throws. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};
/** Object ids of the types that both drivers must read alike. */
export declare const TYPE_IDS: {
  readonly bytea: 17;
  readonly int8: 20;
  readonly timestamptz: 1184;
};
/** Reads bytea, which comes in hex: `\\x00ff`. */
export declare function parseBytes(text: string): Uint8Array;
/** Reads int8; counts are checked to stay below 2^53 before they are stored. */
export declare function parseInt8(text: string): number;
/** Reads timestamptz as ms since the epoch. */
export declare function parseTimestamp(text: string): number;
/** Text without NUL, the one character that PostgreSQL cannot hold; U+FFFD stands in for it. */
export declare function toText(text: string): string;
/** JSON for `$1::text::jsonb`. What jsonb refuses, escapes of NUL and of half surrogate pairs, becomes U+FFFD. */
export declare function toJson(value: unknown): string;
type ArrayItem = string | number | boolean | Uint8Array | null;
/**
 * Writes an array in PostgreSQL's text form, for `$1::text::float8[]` and its like: the one way that
 * both drivers pass arrays of every type alike.
 */
export declare function toArrayLiteral(items: readonly ArrayItem[]): string;

/** The types of columns that rows are packed for. */
export type PackedType = 'int4' | 'int8' | 'float8' | 'timestamptz' | 'bytea' | 'jsonb';

/**
 * Takes rows value by value, in the order of their columns: no row is put together in between, of which there are tens of
 * thousands a second. What a value may be is up to the type of its column, and is not checked: the server does.
 */
export type RowSink = {
  /** Begins a row. */
  startRow(): void;
  int4(value: number): void;
  int8(value: number): void;
  float8(value: number): void;
  /** @param ms since the epoch. */
  timestamptz(ms: number): void;
  /** Copied at once. */
  bytea(bytes: Uint8Array): void;
  /** @param text JSON, see `toJson`. */
  jsonb(text: string): void;
  /** No value, of any type. */
  absent(): void;
};

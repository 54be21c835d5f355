import { toArrayLiteral } from './database.ts';
import type { RowSink } from './row-sink.ts';

type Cell = string | number | Uint8Array | null;

/** Rows as one array of text a column, for `unnest($1::text::int4[], …)`. */
export class ArrayColumns implements RowSink {
  readonly #columns: Cell[][];
  #next = 0;

  /** @param columns how many there are. */
  constructor(columns: number) {
    this.#columns = Array.from({ length: columns }, () => []);
  }

  startRow(): void {
    this.#next = 0;
  }

  int4(value: number): void {
    this.#add(value);
  }

  int8(value: number): void {
    this.#add(value);
  }

  float8(value: number): void {
    this.#add(value);
  }

  timestamptz(ms: number): void {
    this.#add(new Date(ms).toISOString());
  }

  bytea(bytes: Uint8Array): void {
    this.#add(new Uint8Array(bytes));
  }

  jsonb(text: string): void {
    this.#add(text);
  }

  absent(): void {
    this.#add(null);
  }

  /** The columns, each for `toArrayLiteral`'s form. */
  finish(): string[] {
    return this.#columns.map(toArrayLiteral);
  }

  #add(cell: Cell): void {
    this.#columns[this.#next++]?.push(cell);
  }
}

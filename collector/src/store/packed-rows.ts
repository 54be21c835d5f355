/** The types that columns of packed rows may have. */
export type PackedType = keyof typeof TYPE_IDS;

/** Object ids of types, the same on every server (src/include/catalog/pg_type.dat). */
const TYPE_IDS = { int4: 23, int8: 20, float8: 701, timestamptz: 1184, bytea: 17, jsonb: 3802 } as const;

/**
 * Rows of a composite type of the schema, as one value of a statement: `unnest($1::summary_row[])`. The memory is the store's
 * once they are asked for.
 */
export type PackedRows = { readonly rowType: string; readonly bytes: Uint8Array };

/** Whether a value of a statement is packed rows. */
export function isPackedRows(value: unknown): value is PackedRows {
  return typeof value === 'object' && value !== null && 'rowType' in value;
}

/** Says which object id the type of these rows has in the database that they go to. */
export function nameRowType({ bytes }: PackedRows, id: number): void {
  viewOf(bytes).setUint32(ROW_TYPE_AT, id);
}

// Binary form of an array, as `array_recv` and `record_recv` of PostgreSQL 15 to 18 read it (arrayfuncs.c, rowtypes.c), by words
// of four bytes: dimensions, whether any is null, type, length, lower bound; each row: bytes, columns; each column: type, bytes, value.
const HEADER_BYTES = 20;
const ROW_TYPE_AT = 8;
const LENGTH_AT = 12;
const LOWER_BOUND_AT = 16;
const NULL = -1;
/** From 1970 to 2000, where timestamps of PostgreSQL begin, in ms. */
const EPOCH_MS = 946_684_800_000;
const JSONB_VERSION = 1;
const WORD = 2 ** 32;
/** Type and length of a column, and the widest number. */
const NUMBER_BYTES = 4 + 4 + 8;

/**
 * Memory of rows that have been taken, to be filled again: where it is made anew for every commit, V8 marks the whole heap once in
 * 64 MB of it, which took a tenth of the collector's time. Larger ones are let go of.
 */
const spare: Buffer[] = [];
const MAX_SPARE = 4;
const MAX_SPARE_BYTES = 2 ** 21;

/** Takes back the memory of rows that nobody reads any more; what was handed on to another thread comes back from there. */
export function giveBack({ bytes: { buffer } }: PackedRows): void {
  takeBack(buffer);
}

/** The same for memory that has come back by itself. */
export function takeBack(memory: ArrayBufferLike): void {
  if (memory.byteLength === 0 || memory.byteLength > MAX_SPARE_BYTES || spare.length === MAX_SPARE) return;
  spare.push(Buffer.from(memory));
}

/**
 * Packs rows, value by value in the order of their columns: no row is put together in between, of which there are tens of
 * thousands a second. What a value may be is up to the type of its column, and is not checked: the server does.
 */
export class RowPacker {
  readonly #rowType: string;
  readonly #columns: number;
  #buffer: Buffer;
  #view: DataView;
  #at = HEADER_BYTES;
  #rows = 0;
  #rowAt = HEADER_BYTES;

  /** @param columns of each row. @param expectedBytes saves growing; it need not be right. */
  constructor(rowType: string, columns: number, expectedBytes = 4_096) {
    this.#rowType = rowType;
    this.#columns = columns;
    this.#buffer = spare.pop() ?? Buffer.allocUnsafeSlow(HEADER_BYTES + Math.max(0, expectedBytes));
    this.#view = viewOf(this.#buffer);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#at;
  }

  /** Begins a row. */
  startRow(): void {
    this.#endRow();
    // Room for as many numbers, so that those need not look; bytes and text make more as they come.
    this.#makeRoom(8 + this.#columns * NUMBER_BYTES);
    this.#rowAt = this.#at;
    this.#rows += 1;
    this.#view.setInt32(this.#at + 4, this.#columns);
    this.#at += 8;
  }

  int4(value: number): void {
    this.#startColumn(TYPE_IDS.int4, 4);
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  int8(value: number): void {
    this.#startColumn(TYPE_IDS.int8, 8);
    this.#putInt8(value);
  }

  float8(value: number): void {
    this.#startColumn(TYPE_IDS.float8, 8);
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  /** @param ms since the epoch. */
  timestamptz(ms: number): void {
    this.#startColumn(TYPE_IDS.timestamptz, 8);
    this.#putInt8((ms - EPOCH_MS) * 1_000);
  }

  /** Copied at once. */
  bytea(bytes: Uint8Array): void {
    this.#makeRoomBeside(8 + bytes.length);
    this.#startColumn(TYPE_IDS.bytea, bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** @param text JSON, see `toJson`. */
  jsonb(text: string): void {
    const length = Buffer.byteLength(text);
    this.#makeRoomBeside(9 + length);
    this.#startColumn(TYPE_IDS.jsonb, 1 + length);
    this.#buffer[this.#at] = JSONB_VERSION;
    this.#buffer.write(text, this.#at + 1, 'utf8');
    this.#at += 1 + length;
  }

  /** No value. */
  absent(type: PackedType): void {
    this.#startColumn(TYPE_IDS[type], NULL);
  }

  /** The rows, to be sent whole; nothing can be added after. */
  finish(): PackedRows {
    this.#endRow();
    const view = this.#view;
    view.setInt32(0, 1);
    view.setInt32(4, 0);
    view.setInt32(LENGTH_AT, this.#rows);
    view.setInt32(LOWER_BOUND_AT, 1);
    return { rowType: this.#rowType, bytes: this.#buffer.subarray(0, this.#at) };
  }

  #endRow(): void {
    if (this.#rows > 0) this.#view.setInt32(this.#rowAt, this.#at - this.#rowAt - 4);
  }

  #startColumn(typeId: number, length: number): void {
    this.#view.setInt32(this.#at, typeId);
    this.#view.setInt32(this.#at + 4, length);
    this.#at += 8;
  }

  #putInt8(value: number): void {
    const high = Math.floor(value / WORD);
    this.#view.setInt32(this.#at, high);
    this.#view.setUint32(this.#at + 4, value - high * WORD);
    this.#at += 8;
  }

  /** Room for what has a length of its own, and still for all other values of the row. */
  #makeRoomBeside(bytes: number): void {
    this.#makeRoom(bytes + this.#columns * NUMBER_BYTES);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The types of columns that can be packed. `timestamptz` is in ms since the epoch, `jsonb` in JSON text (see `toJson`). */
export type PackedType = 'int4' | 'int8' | 'float8' | 'timestamptz' | 'bytea' | 'jsonb';
export type Cell = number | string | Uint8Array | null;

// https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format": signature, flags, length of a header extension.
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END = -1;
const NULL = -1;
/** From 1970 to 2000, where timestamps of PostgreSQL begin, in ms. */
const EPOCH_MS = 946_684_800_000;
const JSONB_VERSION = 1;
const WORD = 2 ** 32;

/**
 * Memory of rows that have been taken, to be filled again: where it is made anew for every commit, V8 marks the whole heap once in
 * 64 MB of it, which took a tenth of the collector's time. Larger ones are let go of.
 */
const spare: Buffer[] = [];
const MAX_SPARE = 4;
const MAX_SPARE_BYTES = 2 ** 20;

/** Takes back the memory of rows that nobody reads any more; what was handed on to another thread is gone. */
export function giveBack(rows: Uint8Array): void {
  const { buffer } = rows;
  if (buffer.byteLength === 0 || buffer.byteLength > MAX_SPARE_BYTES || spare.length === MAX_SPARE) return;
  spare.push(Buffer.from(buffer));
}

/**
 * Packs rows in the binary form of `COPY`: half the bytes of the text form for bytea, and nothing to escape or to parse.
 * What a value may be is up to the type of its column, and is not checked here: the server does.
 */
export class BinaryRows {
  readonly #types: readonly PackedType[];
  #buffer: Buffer;
  #at = HEADER.length;

  /** `expectedBytes` saves growing; it need not be right. */
  constructor(types: readonly PackedType[], expectedBytes = 4_096) {
    this.#types = types;
    this.#buffer = spare.pop() ?? Buffer.allocUnsafeSlow(HEADER.length + Math.max(0, expectedBytes) + 2);
    HEADER.copy(this.#buffer);
  }

  /** Adds a row; `cells` in the order of the types. */
  add(cells: readonly Cell[]): void {
    this.#makeRoom(2);
    this.#at = this.#buffer.writeInt16BE(this.#types.length, this.#at);
    for (let i = 0; i < this.#types.length; i++) this.#cell(this.#types[i] as PackedType, cells[i] ?? null);
  }

  /** The rows, to be sent whole; nothing can be added after. */
  finish(): Uint8Array {
    this.#makeRoom(2);
    this.#at = this.#buffer.writeInt16BE(END, this.#at);
    return this.#buffer.subarray(0, this.#at);
  }

  #cell(type: PackedType, value: Cell): void {
    this.#makeRoom(12);
    if (value === null) this.#at = this.#buffer.writeInt32BE(NULL, this.#at);
    else if (typeof value === 'number') this.#number(type, value);
    else if (typeof value === 'string') this.#json(value);
    else this.#bytes(value);
  }

  #number(type: PackedType, value: number): void {
    const length = type === 'int4' ? 4 : 8;
    let at = this.#buffer.writeInt32BE(length, this.#at);
    if (type === 'int4') at = this.#buffer.writeInt32BE(value, at);
    else if (type === 'float8') at = this.#buffer.writeDoubleBE(value, at);
    else {
      const whole = type === 'timestamptz' ? (value - EPOCH_MS) * 1_000 : value;
      at = this.#buffer.writeInt32BE(Math.floor(whole / WORD), at);
      at = this.#buffer.writeUInt32BE(whole - Math.floor(whole / WORD) * WORD, at);
    }
    this.#at = at;
  }

  #bytes(value: Uint8Array): void {
    this.#makeRoom(4 + value.length);
    this.#at = this.#buffer.writeInt32BE(value.length, this.#at);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  #json(text: string): void {
    const length = Buffer.byteLength(text);
    this.#makeRoom(5 + length);
    this.#at = this.#buffer.writeInt32BE(1 + length, this.#at);
    this.#at = this.#buffer.writeUInt8(JSONB_VERSION, this.#at);
    this.#at += this.#buffer.write(text, this.#at, 'utf8');
  }

  #makeRoom(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

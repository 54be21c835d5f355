import type { RowSink } from './row-sink.ts';

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

/** The widest number with its length. */
const NUMBER_BYTES = 4 + 8;

/** Packs rows in the binary form of `COPY`: half the bytes of the text form for bytea, and nothing to escape or to parse. */
export class BinaryRows implements RowSink {
  readonly #columns: number;
  #buffer: Buffer;
  #view: DataView;
  #at = HEADER.length;

  /** @param columns of each row. @param expectedBytes saves growing; it need not be right. */
  constructor(columns: number, expectedBytes = 4_096) {
    this.#columns = columns;
    this.#buffer = spare.pop() ?? Buffer.allocUnsafeSlow(HEADER.length + Math.max(0, expectedBytes) + 2);
    this.#view = viewOf(this.#buffer);
    HEADER.copy(this.#buffer);
  }

  startRow(): void {
    // Room for as many numbers, so that those need not look; bytes and text make more as they come.
    this.#makeRoom(2 + this.#columns * NUMBER_BYTES);
    this.#view.setInt16(this.#at, this.#columns);
    this.#at += 2;
  }

  int4(value: number): void {
    this.#view.setInt32(this.#at, 4);
    this.#view.setInt32(this.#at + 4, value);
    this.#at += 8;
  }

  int8(value: number): void {
    this.#view.setInt32(this.#at, 8);
    const high = Math.floor(value / WORD);
    this.#view.setInt32(this.#at + 4, high);
    this.#view.setUint32(this.#at + 8, value - high * WORD);
    this.#at += NUMBER_BYTES;
  }

  float8(value: number): void {
    this.#view.setInt32(this.#at, 8);
    this.#view.setFloat64(this.#at + 4, value);
    this.#at += NUMBER_BYTES;
  }

  timestamptz(ms: number): void {
    this.int8((ms - EPOCH_MS) * 1_000);
  }

  bytea(bytes: Uint8Array): void {
    this.#makeRoomBeside(4 + bytes.length);
    this.#view.setInt32(this.#at, bytes.length);
    this.#buffer.set(bytes, this.#at + 4);
    this.#at += 4 + bytes.length;
  }

  jsonb(text: string): void {
    const length = Buffer.byteLength(text);
    this.#makeRoomBeside(5 + length);
    this.#view.setInt32(this.#at, 1 + length);
    this.#buffer[this.#at + 4] = JSONB_VERSION;
    this.#buffer.write(text, this.#at + 5, 'utf8');
    this.#at += 5 + length;
  }

  absent(): void {
    this.#view.setInt32(this.#at, NULL);
    this.#at += 4;
  }

  /** The rows, to be sent whole; nothing can be added after. */
  finish(): Uint8Array {
    this.#makeRoom(2);
    this.#view.setInt16(this.#at, END);
    return this.#buffer.subarray(0, this.#at + 2);
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

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

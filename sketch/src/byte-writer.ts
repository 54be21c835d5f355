import { writeUtf8 } from './utf8.ts';

/** Writes a byte form of known length front to back, little-endian; `restart` writes another one over it. */
export class ByteWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Begins anew at the front. */
  restart(): void {
    this.#at = 0;
  }

  /** What was written since; changes with what is written next. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.#at);
  }

  u8(value: number): void {
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
  }

  u16(value: number): void {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  i16(value: number): void {
    this.#view.setInt16(this.#at, value, true);
    this.#at += 2;
  }

  /** A count of 0 to 2^53 - 1 as an unsigned 64-bit integer. */
  count(value: number): void {
    // Whatever is set as 32 bits is cut to them.
    this.#view.setUint32(this.#at, value, true);
    this.#view.setUint32(this.#at + 4, value / 2 ** 32, true);
    this.#at += 8;
  }

  /** The UTF-8 of `text`; returns how many bytes it is. */
  text(text: string): number {
    const length = writeUtf8(text, this.bytes, this.#at);
    this.#at += length;
    return length;
  }

  /**
   * Copies `length` bytes, four at a time: up to three more come along and have to be there, on either side; what is
   * written next goes over them.
   */
  fours(from: DataView, at: number, length: number): void {
    for (let i = 0; i < length; i += 4) this.#view.setInt32(this.#at + i, from.getInt32(at + i, true), true);
    this.#at += length;
  }

  f64(value: number): void {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** Goes past the next `length` bytes, to be filled in; returns where they begin. */
  skip(length: number): number {
    this.#at += length;
    return this.#at - length;
  }

  /** A view of the next `length` bytes, to be filled in. */
  take(length: number): Uint8Array {
    const at = this.#at;
    this.#at += length;
    return this.bytes.subarray(at, at + length);
  }
}

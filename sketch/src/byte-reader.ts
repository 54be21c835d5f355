import { cellDouble, cellWords, HIGH, LOW } from './byte-cell.ts';
import { MAX_COUNT } from './count.ts';
import { bytesInvalid } from './errors.ts';

/** Reads a byte form front to back, little-endian; every method throws SKETCH_BYTES_INVALID rather than overrun. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  /** `what` names the byte form in messages. */
  constructor(bytes: Uint8Array, what: string) {
    if (!(bytes instanceof Uint8Array)) throw bytesInvalid(`${what}: not a Uint8Array`);
    this.#bytes = bytes;
    this.#what = what;
  }

  u8(): number {
    return this.#bytes[this.skip(1)];
  }

  u16(): number {
    const at = this.skip(2);
    return this.#bytes[at] | (this.#bytes[at + 1] << 8);
  }

  i16(): number {
    return (this.u16() << 16) >> 16;
  }

  /** An unsigned 64-bit count, at most 2^53 - 1. */
  count(): number {
    const low = this.#u32();
    const count = this.#u32() * 2 ** 32 + low;
    if (count > MAX_COUNT) throw this.invalid('count above 2^53 - 1');
    return count;
  }

  /** A finite double; -0 is refused, since no sketch keeps it. */
  f64(): number {
    cellWords[LOW] = this.#u32();
    cellWords[HIGH] = this.#u32();
    const value = cellDouble[0];
    if (value - value !== 0 || Object.is(value, -0)) throw this.invalid('number that is infinite, NaN or -0');
    return value;
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const at = this.skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Throws when bytes are left over. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw this.invalid(`${this.#bytes.length - this.#at} bytes too many`);
  }

  /** The error to throw when `what` is wrong. */
  invalid(what: string): Error {
    return bytesInvalid(`${this.#what}: ${what}`);
  }

  #u32(): number {
    const at = this.skip(4);
    const bytes = this.#bytes;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }

  /** Goes past the next `length` bytes; returns where they begin. */
  skip(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw this.invalid('ends too soon');
    this.#at = at + length;
    return at;
  }
}

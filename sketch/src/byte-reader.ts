import { MAX_COUNT } from './count.ts';
import { bytesInvalid } from './errors.ts';

/** Reads a byte form front to back, little-endian; every method throws SKETCH_BYTES_INVALID rather than overrun. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  /** `what` names the byte form in messages. */
  constructor(bytes: Uint8Array, what: string) {
    if (!(bytes instanceof Uint8Array)) throw bytesInvalid(`${what}: not a Uint8Array`);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  i16(): number {
    return this.#view.getInt16(this.#advance(2), true);
  }

  /** An unsigned 64-bit count, at most 2^53 - 1. */
  count(): number {
    const at = this.#advance(8);
    const count = this.#view.getUint32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true);
    if (count > MAX_COUNT) throw this.invalid('count above 2^53 - 1');
    return count;
  }

  /** A finite double; -0 is refused, since no sketch keeps it. */
  f64(): number {
    const value = this.#view.getFloat64(this.#advance(8), true);
    if (value - value !== 0 || Object.is(value, -0)) throw this.invalid('number that is infinite, NaN or -0');
    return value;
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const at = this.#advance(length);
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

  #advance(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw this.invalid('ends too soon');
    this.#at = at + length;
    return at;
  }
}

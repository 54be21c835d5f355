import type { ByteSource } from './onnx-bytes.ts';

/** Bytes that are no protobuf message, or none within these bounds. */
export class WireFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireFault';
  }
}

/**
 * One field of a message: its number and either a whole number (as a double; beyond 2^53 rounded) or a span of the
 * source. Fields of fixed width have neither.
 */
export type WireField = {
  readonly number: number;
  readonly value: number | undefined;
  readonly start: number;
  readonly end: number;
  readonly nested: boolean;
};

const VARINT = 0;
const FIXED_64 = 1;
const DELIMITED = 2;
const FIXED_32 = 5;
const MAX_VARINT_BYTES = 10;
/** Longest text that is read. */
export const MAX_TEXT_BYTES = 65_536;
/** Most fields of all messages that are looked at; a node counts once, a weight some five times. */
export const MAX_FIELDS = 1_000_000;

/** Reads fields of protobuf messages from a source, checked, and no more of them than MAX_FIELDS in all. */
export class WireReader {
  readonly #source: ByteSource;
  #left = MAX_FIELDS;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The fields between two positions, one after the other. Throws WireFault. */
  async *fields(start: number, end: number): AsyncGenerator<WireField> {
    let at = start;
    while (at < end) {
      if (this.#left-- <= 0) throw new WireFault(`more than ${MAX_FIELDS} fields`);
      // The tag and what follows it: a value, or a length.
      const head = await this.#source.read(at, Math.min(2 * MAX_VARINT_BYTES, end - at));
      const tag = varint(head, 0);
      const number = Math.floor(tag.value / 8);
      // Below 1 are also the negative ones.
      if (number < 1 || number >= 2 ** 29) throw new WireFault(`a field of number ${number}`);
      const type = tag.value % 8;
      let next = at + tag.end;
      let value: number | undefined;
      let nested = false;
      let from = next;
      if (type === VARINT) {
        const read = varint(head, tag.end);
        value = read.value;
        next = at + read.end;
      } else if (type === DELIMITED) {
        const length = varint(head, tag.end);
        from = at + length.end;
        next = from + length.value;
        nested = true;
      } else if (type === FIXED_32 || type === FIXED_64) {
        next += type === FIXED_32 ? 4 : 8;
      } else throw new WireFault(`a field of wire type ${type}`);
      if (next < from || next > end) throw new WireFault('a field beyond the end of its message');
      yield { number, value, start: from, end: next, nested };
      at = next;
    }
  }

  /** The text of a field, cut after MAX_TEXT_BYTES; what is no UTF-8 is replaced. Throws WireFault where it has none. */
  async text(field: WireField): Promise<string> {
    if (!field.nested) throw new WireFault(`field ${field.number} is no text`);
    const length = Math.min(field.end - field.start, MAX_TEXT_BYTES);
    return new TextDecoder().decode(await this.#source.read(field.start, length));
  }

  /** The whole number of a field. Throws WireFault where it has none. */
  whole(field: WireField): number {
    if (field.value === undefined) throw new WireFault(`field ${field.number} is no number`);
    return field.value;
  }

  /** The fields of a message within a field. Throws WireFault where it has none. */
  message(field: WireField): AsyncGenerator<WireField> {
    if (!field.nested) throw new WireFault(`field ${field.number} is no message`);
    return this.fields(field.start, field.end);
  }
}

/** An int64 as protobuf writes it: negative ones, which ONNX has for unknown sizes, take ten bytes. */
function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0n;
  for (let i = start; i < start + MAX_VARINT_BYTES; i++) {
    const byte = bytes[i];
    if (byte === undefined) throw new WireFault('the end within a number');
    value |= BigInt(byte & 0x7f) << BigInt(7 * (i - start));
    if (byte < 0x80) return { value: Number(BigInt.asIntN(64, value)), end: i + 1 };
  }
  throw new WireFault('a number of more than 10 bytes');
}

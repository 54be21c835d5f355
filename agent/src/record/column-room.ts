/**
 * Memory that blocks of columns share within one agent: at most `maxBytes`, whatever is wrapped. What a block gives back
 * waits for the next one of its size, since blocks come and go with every flush.
 */
export class ColumnRoom {
  readonly #maxBytes: number;
  readonly #idle: Float64Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that are taken or kept ready. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Room for so many doubles, whatever they are; undefined where there is none left. */
  take(length: number): Float64Array | undefined {
    const at = this.#idle.findIndex((values) => values.length === length);
    if (at >= 0) return this.#idle.splice(at, 1)[0];
    const bytes = length * Float64Array.BYTES_PER_ELEMENT;
    while (this.#bytes + bytes > this.#maxBytes) {
      const other = this.#idle.shift();
      if (other === undefined) return undefined;
      this.#bytes -= other.byteLength;
    }
    this.#bytes += bytes;
    return new Float64Array(length);
  }

  /** Counts what `take` gave as gone. */
  giveUp(values: Float64Array): void {
    this.#bytes -= values.byteLength;
  }

  /** Takes back what `take` gave. */
  giveBack(values: Float64Array): void {
    this.#idle.push(values);
  }
}

/** Bytes before every message: a flag of compression and four of length (gRPC over HTTP/2, "Length-Prefixed-Message"). */
const PREFIX_BYTES = 5;
/** What one piece takes besides its bytes: the object of a Buffer, and its place in a list. */
const PIECE_BYTES = 256;

/** Follows the messages of one stream, to know of the one that was begun and is not complete. */
export class UnfinishedMessage {
  #prefix = 0;
  #size = 0;
  #left = 0;
  #bytes = 0;
  #since: number | null = null;

  /** When it was begun; null = there is none. */
  get since(): number | null {
    return this.#since;
  }

  /** About what is kept of it in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Notes what came at `now`. @returns whether a message says that it is compressed. */
  take(piece: Uint8Array, now: number): boolean {
    let isCompressed = false;
    for (let at = 0; at < piece.length; ) {
      if (this.#prefix < PREFIX_BYTES) {
        const byte = piece[at++] as number;
        if (this.#prefix === 0) {
          isCompressed ||= byte !== 0;
          this.#since = now;
        } else this.#size = this.#size * 256 + byte;
        if (++this.#prefix < PREFIX_BYTES) continue;
        this.#left = this.#size;
      }
      const taken = Math.min(this.#left, piece.length - at);
      at += taken;
      this.#left -= taken;
      if (this.#left === 0) this.#clear();
    }
    if (this.#since !== null) this.#bytes += piece.length + PIECE_BYTES;
    return isCompressed;
  }

  /** Its time begins anew: so far nobody has read it. */
  restart(now: number): void {
    if (this.#since !== null) this.#since = now;
  }

  #clear(): void {
    this.#prefix = 0;
    this.#size = 0;
    this.#bytes = 0;
    this.#since = null;
  }
}

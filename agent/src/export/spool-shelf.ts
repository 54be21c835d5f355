import { shielded } from '../shield.ts';
import type { BatchContents } from './sealer.ts';
import type { SpoolDirectory } from './spool-directory.ts';
import { type SpoolId, spoolName } from './spool-name.ts';

/** A batch that has a file or gets one. Of what earlier runs left, `contents` are not known. */
export type Held = {
  readonly id: SpoolId;
  readonly contents: BatchContents | undefined;
  /** Whether it waits in memory too. */
  inMemory: boolean;
  /** Whether it is on its way from here. */
  isSending: boolean;
  /** Of its file; 0 = there is none yet. */
  bytes: number;
};

/** Who is told of what happens to files. */
export type ShelfHandlers = {
  /** There was no room for it any more. */
  readonly dropped: (held: Held) => void;
  readonly failed: (error: unknown) => void;
};

/** The files of a spool this run has in hand, within the bytes the directory may take. Work is done in order. */
export class SpoolShelf {
  readonly #directory: SpoolDirectory;
  readonly #maxBytes: number;
  readonly #handlers: ShelfHandlers;
  readonly #held = new Map<string, Held>();
  #work: Promise<unknown> = Promise.resolve();
  #bytes = 0;
  #bad = 0;

  /** @param maxBytes of all files in the directory. */
  constructor(directory: SpoolDirectory, maxBytes: number, handlers: ShelfHandlers) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#handlers = handlers;
  }

  /** Bytes of the directory, as far as this run knows. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Files that were moved aside. */
  get bad(): number {
    return this.#bad;
  }

  /** Everything in hand, oldest first. */
  get all(): readonly Held[] {
    return [...this.#held.values()];
  }

  find(id: SpoolId): Held | undefined {
    return this.#held.get(spoolName(id));
  }

  /** Takes in hand what nobody alive has. */
  scan(): Promise<readonly Held[]> {
    return this.#do([], async () => {
      const { claimed, bytes, bad } = await this.#directory.scan();
      this.#bytes = bytes;
      this.#bad += bad;
      return claimed.map(({ id, bytes }) => this.#hold({ id, contents: undefined, inMemory: false, bytes }));
    });
  }

  /** A batch of this run that has no file yet. */
  hold(id: SpoolId, contents: BatchContents, inMemory: boolean): Held {
    return this.#hold({ id, contents, inMemory, bytes: 0 });
  }

  /** Makes the file, unless it is there or the batch has been let go; whether it is there then. */
  write(held: Held, payload: () => Uint8Array): Promise<boolean> {
    return this.#do(false, async () => {
      if (held.bytes > 0 || !this.#has(held)) return held.bytes > 0;
      const bytes = payload();
      // Other processes write there too.
      this.#bytes = await this.#directory.size();
      for (const old of this.#droppable()) {
        if (!this.#lacks(bytes.length)) break;
        await this.#directory.remove(old.id);
        this.#drop(old);
      }
      if (this.#lacks(bytes.length)) return false;
      held.bytes = await this.#directory.write(held.id, bytes);
      this.#bytes += held.bytes;
      return true;
    });
  }

  /** As `write`, before it returns. */
  writeNow(held: Held, payload: Uint8Array): boolean {
    return this.#now(() => {
      if (held.bytes > 0) return true;
      for (const old of this.#droppable()) {
        if (!this.#lacks(payload.length)) break;
        this.#directory.removeNow(old.id);
        this.#drop(old);
      }
      if (this.#lacks(payload.length)) return false;
      held.bytes = this.#directory.writeNow(held.id, payload);
      this.#bytes += held.bytes;
      return true;
    });
  }

  /** What is in a file; undefined when it has gone or cannot be used, and is no longer in hand. */
  read(held: Held, isRight: (payload: Buffer) => boolean): Promise<Buffer | undefined> {
    return this.#do(undefined, async () => {
      const payload = await this.#directory.read(held.id, isRight);
      if (typeof payload === 'object') return payload;
      if (payload === 'bad') this.#bad++;
      this.#forget(held);
      return undefined;
    });
  }

  /** The batch needs no file any more. */
  remove(held: Held): void {
    this.#held.delete(spoolName(held.id));
    void this.#do(undefined, async () => {
      if (held.bytes === 0) return;
      await this.#directory.remove(held.id);
      this.#bytes -= held.bytes;
    });
  }

  /** Gives every claim up, for the next run; resolves when all work is done. */
  release(): Promise<void> {
    return this.#do(undefined, async () => {
      for (const { id, bytes } of this.#held.values()) if (bytes > 0) await this.#directory.release(id);
    });
  }

  #hold(held: Omit<Held, 'isSending'>): Held {
    const made = { ...held, isSending: false };
    this.#held.set(spoolName(held.id), made);
    return made;
  }

  #has(held: Held): boolean {
    return this.find(held.id) === held;
  }

  #lacks(bytes: number): boolean {
    return this.#bytes + bytes > this.#maxBytes;
  }

  /** What may go to make room, oldest first. */
  #droppable(): Held[] {
    return this.all.filter(({ bytes, inMemory, isSending }) => bytes > 0 && !inMemory && !isSending);
  }

  #drop(held: Held): void {
    this.#forget(held);
    this.#handlers.dropped(held);
  }

  #forget(held: Held): void {
    this.#held.delete(spoolName(held.id));
    this.#bytes -= held.bytes;
    held.bytes = 0;
  }

  #do<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work).catch((error: unknown) => {
      this.#handlers.failed(error);
      return otherwise;
    });
    this.#work = done;
    return done;
  }

  #now(work: () => boolean): boolean {
    return shielded(work, (error) => this.#handlers.failed(error))() ?? false;
  }
}

import { type FileHandle, open } from 'node:fs/promises';

/** Bytes that are read piece by piece, so that a model of gigabytes is never in memory as a whole. */
export type ByteSource = {
  readonly size: number;
  /** Up to `length` bytes from `position` on; fewer at the end. Valid until the next call. */
  read(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
};

const BLOCK = 1024 * 1024;

/** The bytes of a file, in blocks of 1 MiB. Rejects with the error of the file system. */
export async function fileSource(path: string): Promise<ByteSource> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return new FileSource(file, size);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes that are in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
    close: () => Promise.resolve(),
  };
}

class FileSource implements ByteSource {
  readonly size: number;
  readonly #file: FileHandle;
  readonly #block: Uint8Array = new Uint8Array(BLOCK);
  #start = 0;
  #length = 0;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, BLOCK, this.size - position));
    if (position < this.#start || position + wanted > this.#start + this.#length) {
      this.#start = position;
      this.#length = 0;
      while (this.#length < wanted) {
        const { bytesRead } = await this.#file.read(
          this.#block,
          this.#length,
          BLOCK - this.#length,
          position + this.#length,
        );
        if (bytesRead === 0) break;
        this.#length += bytesRead;
      }
    }
    const from = position - this.#start;
    return this.#block.subarray(from, Math.min(from + wanted, this.#length));
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

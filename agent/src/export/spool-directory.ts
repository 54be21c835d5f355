import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive } from './process-alive.ts';
import { frame, unframe } from './spool-file.ts';
import { parseSpoolName, type SpoolId, spoolName, unfinishedName } from './spool-name.ts';

/** A batch in the directory that this process has claimed. */
export type SpoolEntry = { readonly id: SpoolId; readonly bytes: number };

/** What a look into the directory found: claimed batches, oldest first, bytes of all there is, files moved aside. */
export type SpoolScan = { readonly claimed: readonly SpoolEntry[]; readonly bytes: number; readonly bad: number };

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/**
 * Batches in a directory that several processes may share. A file is claimed by giving it a name with the process in
 * it; renaming is atomic, so that one claims it. A claim by mistake does no harm: the collector counts a batch once.
 * Asynchronous but for `writeNow`; errors of the file system are thrown, but for files that have gone.
 */
export class SpoolDirectory {
  readonly #path: string;
  readonly #pid: number;

  constructor(path: string, pid: number = process.pid) {
    this.#path = path;
    this.#pid = pid;
  }

  /** Claims every batch that nobody alive has claimed, and moves aside what is none. */
  async scan(): Promise<SpoolScan> {
    await mkdir(this.#path, { recursive: true, mode: DIRECTORY_MODE });
    const found: (SpoolEntry & { readonly atMs: number })[] = [];
    let all = 0;
    let bad = 0;
    for (const entry of await readdir(this.#path, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const name = parseSpoolName(entry.name);
      const info = await unlessGone(stat(join(this.#path, entry.name)));
      if (info === undefined) continue;
      if (name.kind === 'foreign') {
        if (await this.#moveAside(entry.name)) bad++;
      } else if (name.kind === 'unfinished') {
        if (!(await isProcessAlive(name.writtenBy, info.mtimeMs)))
          await unlessGone(unlink(join(this.#path, entry.name)));
      } else if (name.kind === 'batch') {
        all += info.size;
        const { claimedBy, source, sequence } = name;
        if (claimedBy !== undefined && (await isProcessAlive(claimedBy, info.mtimeMs))) continue;
        const id = { source, sequence };
        if (await this.#claim(entry.name, id)) found.push({ id, bytes: info.size, atMs: info.mtimeMs });
      }
    }
    return { claimed: found.sort((a, b) => a.atMs - b.atMs), bytes: all, bad };
  }

  /** Bytes of all batches that are there now, whoever has claimed them. */
  async size(): Promise<number> {
    let bytes = 0;
    for (const name of (await unlessGone(readdir(this.#path))) ?? []) {
      if (parseSpoolName(name).kind !== 'batch') continue;
      bytes += (await unlessGone(stat(join(this.#path, name))))?.size ?? 0;
    }
    return bytes;
  }

  /** Writes a batch, claimed; it is there whole or not at all. @returns bytes of the file. */
  async write(id: SpoolId, payload: Uint8Array): Promise<number> {
    await mkdir(this.#path, { recursive: true, mode: DIRECTORY_MODE });
    const bytes = frame(payload);
    const unfinished = join(this.#path, unfinishedName(id, this.#pid));
    const file = await open(unfinished, 'w', FILE_MODE);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, this.#pathOf(id));
    return bytes.length;
  }

  /** As `write`, but unclaimed and before it returns: for a process that ends. */
  writeNow(id: SpoolId, payload: Uint8Array): number {
    mkdirSync(this.#path, { recursive: true, mode: DIRECTORY_MODE });
    const bytes = frame(payload);
    const unfinished = join(this.#path, unfinishedName(id, this.#pid));
    const file = openSync(unfinished, 'w', FILE_MODE);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, join(this.#path, spoolName(id)));
    return bytes.length;
  }

  /** The payload of a claimed batch; `gone` when somebody took it, `bad` (moved aside) when it cannot be used. */
  async read(id: SpoolId, isRight: (payload: Buffer) => boolean): Promise<Buffer | 'gone' | 'bad'> {
    const file = await unlessGone(readFile(this.#pathOf(id)));
    if (file === undefined) return 'gone';
    const payload = unframe(file);
    if (payload !== undefined && isRight(payload)) return payload;
    await this.#moveAside(spoolName(id, this.#pid));
    return 'bad';
  }

  async remove(id: SpoolId): Promise<void> {
    await unlessGone(unlink(this.#pathOf(id)));
  }

  /** As `remove`, before it returns. */
  removeNow(id: SpoolId): void {
    unlinkSync(this.#pathOf(id));
  }

  /** Gives a claim up. */
  async release(id: SpoolId): Promise<void> {
    await unlessGone(rename(this.#pathOf(id), join(this.#path, spoolName(id))));
  }

  async #claim(name: string, id: SpoolId): Promise<boolean> {
    const mine = this.#pathOf(id);
    const claimed = await unlessGone(rename(join(this.#path, name), mine).then(() => true));
    // A claim is as old as its file: others hold it against the age of the process.
    const now = new Date();
    if (claimed) await unlessGone(utimes(mine, now, now));
    return claimed ?? false;
  }

  async #moveAside(name: string): Promise<boolean> {
    const path = join(this.#path, name);
    return (await unlessGone(rename(path, `${path}.bad`).then(() => true))) ?? false;
  }

  #pathOf(id: SpoolId): string {
    return join(this.#path, spoolName(id, this.#pid));
  }
}

/** What `work` gives, or undefined where the file is not there any more. */
async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

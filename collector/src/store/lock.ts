import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CollectorError, messageOf } from '../errors.ts';

type Holder = { readonly pid: number; readonly started: string; readonly host: string; readonly token: string };

/** A lock on a data directory, held until `release`. */
export type DirectoryLock = { release(): Promise<void> };

const LOCK_FILE = 'tidemark.lock';

/**
 * Takes a data directory for this process alone. The embedded engine holds no lock of its own: two
 * processes on one directory both write, and rows vanish without an error.
 * A lock whose process is gone is taken over.
 * @throws {CollectorError} `DATA_DIRECTORY_LOCKED`, naming the process that holds it.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw new CollectorError(
      'DATA_DIRECTORY_INVALID',
      `cannot make the data directory ${directory}: ${messageOf(error)}. Choose another with data_dir.`,
      { cause: error },
    );
  });
  const file = join(directory, LOCK_FILE);
  const token = randomUUID();
  const mine: Holder = { pid: process.pid, started: await startOf(process.pid), host: hostname(), token };
  const draft = join(directory, `${LOCK_FILE}.${token}`);
  await writeFile(draft, JSON.stringify(mine));
  try {
    await takeLock(draft, file, directory);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    release: async () => {
      const holder = await readHolder(file);
      if (holder?.token === token) await rm(file, { force: true });
    },
  };
}

/** Who holds the lock of a data directory, or held it and is gone; null where nobody does. It takes nothing. */
export async function readLock(
  directory: string,
): Promise<{ readonly pid: number; readonly host: string; readonly isAlive: boolean } | null> {
  const holder = await readHolder(join(directory, LOCK_FILE));
  return holder === undefined ? null : { pid: holder.pid, host: holder.host, isAlive: await isAlive(holder) };
}

async function takeLock(draft: string, file: string, directory: string): Promise<void> {
  for (;;) {
    // A hard link appears whole or not at all, and never replaces one that is there.
    if (await linked(draft, file)) return;
    const holder = await readHolder(file);
    if (holder !== undefined && (await isAlive(holder))) {
      throw new CollectorError(
        'DATA_DIRECTORY_LOCKED',
        `data directory ${directory} is in use by process ${holder.pid} on ${holder.host}. ` +
          'Stop that process, or choose another directory with data_dir; two processes on one directory would lose rows. ' +
          `If that host is gone for good, delete ${file}.`,
      );
    }
    await setAside(file, holder, draft);
  }
}

/** Moves a dead lock away; puts it back if another process was quicker and the lock is alive now. */
async function setAside(file: string, dead: Holder | undefined, draft: string): Promise<void> {
  const aside = `${draft}.aside`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved?.token !== dead?.token) await linked(aside, file);
  await rm(aside, { force: true });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch (error) {
    // Gone meanwhile, or half-written by a crash of the machine: nobody's lock either way.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  // Across hosts nobody can tell; an embedded directory on a network share stays locked.
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.started === (await startOf(holder.pid));
}

/** Tells a process from a later one with the same number, where the system says so (Linux). */
async function startOf(pid: number): Promise<string> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // Field 22 is the start time; the second field is in brackets and may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot.trim()}:${fields[19]}`;
  } catch {
    return 'unknown';
  }
}

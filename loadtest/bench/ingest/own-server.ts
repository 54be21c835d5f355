import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { familyMs } from './processor-time.ts';

const run = promisify(execFile);
const PACKAGED = '/usr/lib/postgresql';

/** A PostgreSQL server of the bench's own, on a free port and in a directory that is gone afterwards. */
export class OwnServer {
  readonly #directory: string;
  readonly #bin: string;
  readonly #port: number;

  private constructor(directory: string, bin: string, port: number) {
    this.#directory = directory;
    this.#bin = bin;
    this.#port = port;
  }

  /** Starts the newest PostgreSQL that is installed where Debian puts it, or answers null where there is none. */
  static async start(preload: string): Promise<OwnServer | null> {
    const bin = await findPrograms();
    if (bin === null) return null;
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
    const user = serverUser();
    if (user !== null) await chown(directory, user.uid, user.gid);
    const port = await freePort();
    const data = join(directory, 'data');
    await asServerUser(`${bin}/initdb`, [
      '-D',
      data,
      '-U',
      'postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
    ]);
    // Durable as by default. Checkpoints are kept out of the rounds, of the collector's as of the raw ones.
    const settings = [
      `port = ${port}`,
      `listen_addresses = '127.0.0.1'`,
      `unix_socket_directories = ''`,
      `shared_buffers = 512MB`,
      `max_wal_size = 8GB`,
      `checkpoint_timeout = 1h`,
      `shared_preload_libraries = '${preload}'`,
      // Its scheduler would keep a database open that is to be copied; nothing here is scheduled.
      'timescaledb.max_background_workers = 0',
    ];
    await writeFile(join(data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
    await asServerUser(`${bin}/pg_ctl`, ['-D', data, '-w', '-l', join(directory, 'log'), 'start']);
    return new OwnServer(directory, bin, port);
  }

  /** Processor time of the server and its sessions so far, in ms; null where the system does not say. */
  processorMs(): number | null {
    const [pid] = readFileSync(join(this.#directory, 'data', 'postmaster.pid'), 'utf8').split('\n');
    return familyMs(Number(pid));
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/${database}`;
  }

  /** Runs statements in a database, and answers the rows of the last. */
  async ask(database: string, ...statements: readonly string[]): Promise<Record<string, string>[]> {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    let rows: Record<string, string>[] = [];
    for (const sql of statements) rows = (await client.query<Record<string, string>>(sql)).rows;
    await client.end();
    return rows;
  }

  async stop(): Promise<void> {
    await asServerUser(`${this.#bin}/pg_ctl`, ['-D', join(this.#directory, 'data'), '-m', 'immediate', 'stop']);
    await rm(this.#directory, { recursive: true, force: true });
  }
}

async function findPrograms(): Promise<string | null> {
  const versions = await readdir(PACKAGED).catch(() => [] as string[]);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(PACKAGED, newest, 'bin');
}

/** The server refuses to run as root; the user that the package made is used then. */
function serverUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout),
  );
  return { uid: uid!, gid: gid! };
}

async function asServerUser(program: string, args: readonly string[]): Promise<void> {
  const user = serverUser();
  await run(program, args, { cwd: '/', ...(user ?? {}) });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

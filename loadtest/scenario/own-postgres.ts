import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withPostgres } from '../fleet/stored.ts';

const START_TIMEOUT_MS = 60_000;
/** User and group that a server runs as. */
type Owner = { readonly uid: number; readonly gid: number };

const DISTRIBUTIONS = '/usr/lib/postgresql';

/** Why there can be no PostgreSQL of one's own on this machine; undefined = there can. */
export function whyNoPostgres(): string | undefined {
  if (process.platform !== 'linux')
    return 'a PostgreSQL of its own is paused and killed by /proc, which only Linux has';
  if (programDirectory() === undefined) return 'initdb is neither on the PATH nor in /usr/lib/postgresql';
  if (process.getuid?.() === 0 && ownerIds() === undefined)
    return 'PostgreSQL refuses to run as root, and there is no user postgres';
  return undefined;
}

/**
 * A PostgreSQL server of one's own, on loopback and in a directory that goes with it, which can be paused, killed and
 * started again. As root it runs as the user postgres.
 */
export class OwnPostgres {
  readonly #programs: string;
  readonly #owner: Owner | undefined;
  readonly directory: string;
  readonly #port: number;
  #server: ChildProcess | undefined;

  private constructor(programs: string, owner: Owner | undefined, directory: string, port: number) {
    this.#programs = programs;
    this.#owner = owner;
    this.directory = directory;
    this.#port = port;
  }

  /** @throws {Error} with the reason where there can be none. */
  static async create(): Promise<OwnPostgres> {
    const reason = whyNoPostgres();
    const programs = programDirectory();
    if (reason !== undefined || programs === undefined) throw new Error(reason);
    const owner = ownerIds();
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-postgres-'));
    if (owner !== undefined) await chown(directory, owner.uid, owner.gid);
    const initdb = ['-D', join(directory, 'data'), '-A', 'trust', '-U', 'postgres', '--no-sync'];
    await promisify(execFile)(join(programs, 'initdb'), initdb, { ...owner, cwd: directory });
    const postgres = new OwnPostgres(programs, owner, directory, await freePort());
    await postgres.start();
    return postgres;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  /** Starts the server, which recovers from whatever end it had; resolves when it answers. */
  async start(): Promise<void> {
    const settings = ['listen_addresses=127.0.0.1', `port=${this.#port}`, `unix_socket_directories=${this.directory}`];
    const args = ['-D', join(this.directory, 'data'), ...settings.flatMap((setting) => ['-c', setting])];
    const child = spawn(join(this.#programs, 'postgres'), args, {
      ...this.#owner,
      cwd: this.directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#server = child;
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said = `${said}${text}`.slice(-2_000);
    });
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`PostgreSQL did not start:\n${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Asks the server to end: `fast` ends its sessions in order, `immediate` leaves everything as it is. */
  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    const child = this.#server;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  /** As a crash does: every process of the server ends at once, nothing is flushed. */
  async kill(): Promise<void> {
    const child = this.#server;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // Stopped first, so that it starts no process between the look at its children and their end.
    child.kill('SIGSTOP');
    const children = await this.#children();
    for (const pid of [child.pid as number, ...children]) send(pid, 'SIGKILL');
    await ended;
    while (children.some((pid) => existsSync(`/proc/${pid}/stat`) && isRunning(pid))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Stops every process of the server where it stands; connections stay open and nobody answers. */
  async pause(): Promise<void> {
    const pid = this.#server?.pid;
    if (pid === undefined) return;
    send(pid, 'SIGSTOP');
    for (const child of await this.#children()) send(child, 'SIGSTOP');
  }

  async resume(): Promise<void> {
    const pid = this.#server?.pid;
    if (pid === undefined) return;
    for (const child of await this.#children()) send(child, 'SIGCONT');
    send(pid, 'SIGCONT');
  }

  /** Ends the server and removes its directory. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    try {
      await withPostgres(this.url, (sql) => sql('select 1'));
      return true;
    } catch {
      // It is not there yet; the caller asks again, and gives up in time.
      return false;
    }
  }

  async #children(): Promise<number[]> {
    const parent = this.#server?.pid;
    const found: number[] = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      // A process that ends meanwhile has no file any more.
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      // The parent is the second field after the name, which stands in parentheses and may hold any character.
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) found.push(Number(name));
    }
    return found;
  }
}

function programDirectory(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(':');
  const installed = existsSync(DISTRIBUTIONS)
    ? readdirSync(DISTRIBUTIONS)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DISTRIBUTIONS, version, 'bin'))
    : [];
  return [...onPath, ...installed].find((directory) => directory !== '' && existsSync(join(directory, 'initdb')));
}

/** Whom the server runs as: undefined for a user who is not root, or where there is no user postgres. */
function ownerIds(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    // `id` fails for a user who does not exist.
    return undefined;
  }
}

/** Below those that Linux hands out to connections (32768 and up by default): one of these could take the port while the server is down. */
const PORTS = { from: 20_000, to: 32_767 } as const;
const PORT_TRIES = 50;

async function freePort(): Promise<number> {
  for (let i = 0; i < PORT_TRIES; i++) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from + 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`found no free port from ${PORTS.from} to ${PORTS.to}`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Whoever has ended already needs no signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

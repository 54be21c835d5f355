import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';
const programs = existsSync(INSTALLED)
  ? readdirSync(INSTALLED)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(INSTALLED, version, 'bin'))
      .find((directory) => existsSync(join(directory, 'initdb')))
  : undefined;

/** Why a test cannot have a PostgreSQL server of its own; false = it can. */
export const WHY_NO_CLUSTER: string | false =
  programs === undefined
    ? `needs initdb in ${INSTALLED}`
    : process.getuid?.() !== 0
      ? 'needs root, to run PostgreSQL as the user postgres'
      : false;

/** A PostgreSQL server of a test's own, which it may stop and start. */
export class OwnCluster {
  readonly directory: string;
  readonly #port: number;

  private constructor(directory: string, port: number) {
    this.directory = directory;
    this.#port = port;
  }

  static async create(): Promise<OwnCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-cluster-'));
    const cluster = new OwnCluster(directory, await freePort());
    await run('chown', ['postgres', directory]);
    await cluster.#asPostgres('initdb', ['-D', join(directory, 'data'), '-A', 'trust', '-U', 'postgres', '--no-sync']);
    await cluster.start();
    return cluster;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  async start(): Promise<void> {
    const settings = `-c port=${this.#port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
    await this.#control('start', '-o', settings, '-l', join(this.directory, 'log'));
  }

  /** @param mode `fast` ends sessions in order, `immediate` is a crash. */
  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    await this.#control('stop', '-m', mode);
  }

  async remove(): Promise<void> {
    await this.stop('immediate').catch(() => undefined);
    await rm(this.directory, { recursive: true, force: true });
  }

  #control(what: string, ...more: string[]): Promise<unknown> {
    return this.#asPostgres('pg_ctl', [what, '-D', join(this.directory, 'data'), '-w', ...more]);
  }

  #asPostgres(program: string, args: readonly string[]): Promise<unknown> {
    return run('runuser', ['-u', 'postgres', '--', join(programs ?? '', program), ...args], { cwd: this.directory });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}

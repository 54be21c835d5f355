import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnServer } from './own-server.ts';
import { openRaw, type RawPlace } from './raw-engine.ts';

/** Stores that can be measured. */
export const STORES = ['pglite', 'postgres', 'timescale'] as const;
export type StoreName = (typeof STORES)[number];

/** A store for a collector, and a copy of it for the yardstick. */
export type BenchStore = {
  readonly name: StoreName;
  /** What makes a collector use it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Copies what is in it now; nobody may have it open. */
  copy(): Promise<RawPlace>;
  /** Runs statements while no collector has it open, and answers the rows of the last. */
  ask(...statements: readonly string[]): Promise<Record<string, string>[]>;
  /** Processor time the database has used in processes of its own, in ms; null where the system does not say. */
  processorMs(): number | null;
  remove(): Promise<void>;
};

/** Makes an empty store, or says why it cannot be made here. */
export async function createStore(name: StoreName): Promise<BenchStore | { readonly missing: string }> {
  return name === 'pglite' ? createEmbedded() : createOnServer(name);
}

async function createEmbedded(): Promise<BenchStore> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
  const place = { directory: join(directory, 'store', 'pg') };
  return {
    name: 'pglite',
    settings: { DATABASE_URL: '', TIDEMARK_DATA_DIR: join(directory, 'store') },
    async copy() {
      const copy = join(directory, 'copy');
      await cp(place.directory, copy, { recursive: true });
      return { directory: copy };
    },
    async ask(...statements) {
      const engine = await openRaw(place);
      let rows: Record<string, string>[] = [];
      for (const sql of statements) rows = await engine.query(sql);
      await engine.close();
      return rows;
    },
    // It runs in the process of whoever has it open.
    processorMs: () => 0,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function createOnServer(name: 'postgres' | 'timescale'): Promise<BenchStore | { readonly missing: string }> {
  const server = await OwnServer.start('');
  if (server === null) return { missing: 'no PostgreSQL is installed' };
  let used = server;
  if (name === 'timescale') {
    const found = await server.ask('postgres', `select 1 from pg_available_extensions where name = 'timescaledb'`);
    await server.stop();
    if (found.length === 0) return { missing: 'PostgreSQL has no extension timescaledb' };
    used = (await OwnServer.start('timescaledb'))!;
  }
  await used.ask('postgres', 'create database store');
  if (name === 'timescale') await used.ask('store', 'create extension timescaledb');
  return {
    name,
    settings: { DATABASE_URL: used.url('store') },
    async copy() {
      // A background worker of the extension may have it open; it comes back by itself.
      await used.ask('postgres', `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'store'`);
      await used.ask('postgres', 'create database copy template store');
      return { url: used.url('copy') };
    },
    ask: (...statements) => used.ask('store', ...statements),
    processorMs: () => used.processorMs(),
    remove: () => used.stop(),
  };
}

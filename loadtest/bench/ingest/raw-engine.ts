import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** Where rows are upserted without us: a server, or a directory of PGlite. */
export type RawPlace = { readonly url: string } | { readonly directory: string };

/** A database by its driver and nothing else. */
export type RawEngine = {
  /** One statement; values as text. */
  query(sql: string, values?: readonly (string | null)[]): Promise<Record<string, string>[]>;
  /** `copy (select) to` as bytes. */
  copyOut(select: string): Promise<Buffer>;
  copyIn(table: string, bytes: Buffer): Promise<void>;
  close(): Promise<void>;
};

/** Opens it; one session. */
export function openRaw(place: RawPlace): Promise<RawEngine> {
  return 'url' in place ? openServer(place.url) : openDirectory(place.directory);
}

async function openServer(url: string): Promise<RawEngine> {
  const client = new pg.Client({ connectionString: url, options: '-c jit=off -c timezone=UTC' });
  await client.connect();
  return {
    query: async (sql, values = []) => (await client.query<Record<string, string>>(sql, [...values])).rows,
    copyOut: (select) => buffer(client.query(copyTo(`copy (${select}) to stdout (format binary)`))),
    copyIn: (table, bytes) => pipeline([bytes], client.query(copyFrom(`copy ${table} from stdin (format binary)`))),
    close: () => client.end(),
  };
}

async function openDirectory(directory: string): Promise<RawEngine> {
  const engine = await PGlite.create({ dataDir: directory });
  await engine.exec(`set timezone = 'UTC'`);
  return {
    query: async (sql, values = []) => (await engine.query<Record<string, string>>(sql, [...values])).rows,
    copyOut: async (select) => {
      const { blob } = await engine.query(`copy (${select}) to '/dev/blob' (format binary)`);
      return Buffer.from(await blob!.arrayBuffer());
    },
    copyIn: async (table, bytes) => {
      await engine.query(`copy ${table} from '/dev/blob' (format binary)`, [], { blob: new Blob([bytes]) });
    },
    close: () => engine.close(),
  };
}

import type { RawEngine } from './raw-engine.ts';

/** A way to upsert many rows at once. */
export type RawWay = 'unnest' | 'copy';

type Column = { readonly name: string; readonly type: string };
/** Some rows in the form in which each way takes them, made by the database itself. */
type Chunk = { readonly rows: number; readonly literals: string[]; readonly bytes: Buffer };

const TABLE = 'summary_1m';
const KEY = ['series_id', 'window_start', 'part'];

/**
 * The fastest plain ways to upsert rows that are already packed: nothing is sketched, merged, encoded or checked here, and
 * the database itself has put the rows into the form they are sent in. Their table is the collector's, with all it has.
 */
export class RawUpsert {
  readonly #engine: RawEngine;
  readonly #columns: readonly Column[];
  readonly #chunks: readonly Chunk[];
  #part = 1_000_000;

  private constructor(engine: RawEngine, columns: readonly Column[], chunks: readonly Chunk[]) {
    this.#engine = engine;
    this.#columns = columns;
    this.#chunks = chunks;
  }

  /** Takes the rows of the newest window that the store holds, `perCommit` at a time. */
  static async prepare(engine: RawEngine, perCommit: number): Promise<RawUpsert> {
    const columns = (await engine.query(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
       where attrelid = '${TABLE}'::regclass and attnum > 0 and not attisdropped order by attnum`,
    )) as Column[];
    const [newest] = await engine.query(
      `select count(*)::text as rows, (select max(window_start) from ${TABLE})::text as start from ${TABLE}
       where window_start = (select max(window_start) from ${TABLE})`,
    );
    const chunks: Chunk[] = [];
    for (let done = 0; done < Number(newest!.rows); done += perCommit) {
      const some = `select * from ${TABLE} where window_start = '${newest!.start}' order by series_id limit ${perCommit} offset ${done}`;
      const arrays = columns.map(
        ({ name, type }) => `array_agg(${name}${type === 'jsonb' ? '::text' : ''})::text as ${name}`,
      );
      const [literals] = await engine.query(`select ${arrays.join(', ')} from (${some}) as r`);
      chunks.push({
        rows: Math.min(perCommit, Number(newest!.rows) - done),
        literals: columns.map(({ name }) => literals![name]!),
        bytes: await engine.copyOut(some),
      });
    }
    await engine.query(`create temp table if not exists raw_rows (like ${TABLE}) on commit delete rows`);
    return new RawUpsert(engine, columns, chunks);
  }

  /** Upserts all rows `times` times: inserted first, then replaced by a higher `rev`. @returns rows and the time for them. */
  async run(way: RawWay, times: number): Promise<{ rows: number; ms: number }> {
    this.#part += 1;
    const startedMs = performance.now();
    let rows = 0;
    for (let rev = 1; rev <= times; rev++) {
      for (const chunk of this.#chunks) {
        await this.#upsert(way, chunk, rev);
        rows += chunk.rows;
      }
    }
    return { rows, ms: performance.now() - startedMs };
  }

  async #upsert(way: RawWay, { literals, bytes }: Chunk, rev: number): Promise<void> {
    const source =
      way === 'copy'
        ? 'raw_rows'
        : `unnest(${this.#columns.map(({ type }, i) => `$${i + 1}::text::${type === 'jsonb' ? 'text' : type}[]`).join(', ')})
           as t (${this.#names().join(', ')})`;
    await this.#engine.query('begin');
    if (way === 'copy') await this.#engine.copyIn('raw_rows', bytes);
    await this.#engine.query(this.#statement(source, rev), way === 'copy' ? [] : literals);
    await this.#engine.query('commit');
  }

  #statement(source: string, rev: number): string {
    const chosen = this.#columns.map(({ name, type }) => {
      if (name === 'part') return String(this.#part);
      if (name === 'rev') return String(rev);
      return type === 'jsonb' ? `${name}::jsonb` : name;
    });
    const replaced = this.#names().filter((name) => !KEY.includes(name));
    return `insert into ${TABLE} (${this.#names().join(', ')}) select ${chosen.join(', ')} from ${source}
      on conflict (${KEY.join(', ')}) do update set ${replaced.map((name) => `${name} = excluded.${name}`).join(', ')}
      where excluded.rev > ${TABLE}.rev`;
  }

  #names(): string[] {
    return this.#columns.map(({ name }) => name);
  }
}

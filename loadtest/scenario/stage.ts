import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CollectorProcess } from '../../examples/flight-delay/src/collector-process.ts';
import { compare } from '../fleet/compare.ts';
import { Fleet, type FleetOptions } from '../fleet/fleet.ts';
import { readStored, type Sql, withEmbedded, withPostgres } from '../fleet/stored.ts';
import { OwnPostgres } from './own-postgres.ts';

export type DatabaseKind = 'postgres' | 'embedded';

export type StageOptions = {
  readonly database: DatabaseKind;
  /** Collectors on the one database; an embedded one takes one. */
  readonly collectors?: number;
  /** Settings of the collectors beside those of the stage. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** Real collectors in processes of their own on a real store, and whatever fleets are sent against them. */
export class Stage {
  readonly collectors: readonly CollectorProcess[];
  readonly #directory: string;
  readonly #postgres: OwnPostgres | null;
  readonly #fleets: Fleet[] = [];
  #fleetOptions: FleetOptions | undefined;

  private constructor(directory: string, postgres: OwnPostgres | null, collectors: readonly CollectorProcess[]) {
    this.#directory = directory;
    this.#postgres = postgres;
    this.collectors = collectors;
  }

  static async open({ database, collectors = 1, settings = {} }: StageOptions): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-load-'));
    const postgres = database === 'postgres' ? await OwnPostgres.create() : null;
    const own = {
      DATABASE_URL: postgres?.url ?? '',
      TIDEMARK_DATA_DIR: join(directory, 'data'),
      TIDEMARK_GRPC: '127.0.0.1:0',
      TIDEMARK_HTTP: '127.0.0.1:0',
      TIDEMARK_LOG: 'error',
      ...settings,
    };
    const processes = Array.from({ length: collectors }, (_, i) => {
      return new CollectorProcess(own, join(directory, `collector-${i}.log`));
    });
    const stage = new Stage(directory, postgres, processes);
    try {
      for (const collector of processes) await collector.start();
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** The server of the stage. @throws {Error} on an embedded store. */
  get postgres(): OwnPostgres {
    if (this.#postgres === null) throw new Error('this stage has an embedded store, no PostgreSQL');
    return this.#postgres;
  }

  /** The first collector. */
  get collector(): CollectorProcess {
    return this.collectors[0] as CollectorProcess;
  }

  /** A fleet against all collectors of the stage; a stage has one, to which the store is held. */
  send(options: Omit<FleetOptions, 'addresses'>): Fleet {
    this.#fleetOptions = { ...options, addresses: this.collectors.map(({ grpcAddress }) => grpcAddress) };
    const fleet = new Fleet(this.#fleetOptions);
    this.#fleets.push(fleet);
    return fleet;
  }

  /** Asks the store; an embedded one only while its collector is down. */
  ask<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.#postgres !== null) return withPostgres(this.#postgres.url, work);
    return withEmbedded(join(this.#directory, 'data'), work);
  }

  /** Stops the collectors and says how the store differs from the fleet's ledger, in words; none = to the row. */
  async differences(fleet: Fleet): Promise<string[]> {
    for (const collector of this.collectors) await collector.terminate();
    const windowMs = this.#fleetOptions?.shape.windowMs ?? 60_000;
    return compare(fleet.ledger.expected(), await this.ask((sql) => readStored(sql, windowMs)));
  }

  /** Resident memory of the first collector in bytes; null where /proc does not tell. */
  async residentBytes(): Promise<number | null> {
    const status = await readFile(`/proc/${this.collector.pid}/status`, 'utf8').catch(() => '');
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(status);
    return found === null ? null : Number(found[1]) * 1_024;
  }

  /** Ends everything and removes what it left. */
  async close(): Promise<void> {
    for (const fleet of this.#fleets) fleet.close();
    await Promise.all(this.collectors.map((collector) => collector.kill()));
    await Promise.all(this.collectors.map((collector) => collector.stop()));
    await this.#postgres?.remove();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

import { messageOf } from '../errors.ts';
import type { KeptFor } from '../kept-for.ts';
import type { Logger } from '../log.ts';
import type { Database } from './database.ts';
import { listProjectsKept } from './project-retention.ts';

const EVERY_MS = 30_000;

/** How long each project keeps what, at hand for every batch: known to half a minute, a day before it could matter. */
export class KnownRetention {
  readonly #database: Database;
  readonly #keptFor: KeptFor;
  readonly #log: Logger;
  #projects: ReadonlyMap<number, KeptFor> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(database: Database, keptFor: KeptFor, log: Logger) {
    this.#database = database;
    this.#keptFor = keptFor;
    this.#log = log;
  }

  of(projectId: number): KeptFor {
    return this.#projects.get(projectId) ?? this.#keptFor;
  }

  /** Answers once it knows. */
  async start(): Promise<void> {
    this.#timer ??= setInterval(() => {
      this.#running = this.#running.then(() => this.#read());
    }, EVERY_MS).unref();
    await this.#read();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  /** While the store does not answer, what was known stands. */
  async #read(): Promise<void> {
    try {
      this.#projects = await listProjectsKept(this.#database, this.#keptFor);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'how long projects keep what cannot be read');
    }
  }
}

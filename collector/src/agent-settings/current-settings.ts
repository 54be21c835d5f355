import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type {
  NamedSettings,
  SettingsChange,
  SettingsChanged,
  SettingsStore,
  StoredSettings,
} from './settings-store.ts';

/** How soon a change made by another collector or by a command is seen. */
const EVERY_MS = 10_000;

/** One key for a model version; names hold no control characters. */
const keyOf = (projectId: number, model: string, version: string) => `${projectId}\u0000${model}\u0000${version}`;

/** What agents go by now, kept in memory, so that a receipt costs no question to the store. */
export class CurrentSettings {
  readonly #store: SettingsStore;
  readonly #log: Logger;
  readonly #byVersion = new Map<string, NamedSettings>();
  #newest = 0;
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> = Promise.resolve();

  constructor(store: SettingsStore, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Reads what is stored and looks for changes from then on. */
  async start(): Promise<void> {
    this.#timer ??= setInterval(() => {
      // A store that hangs must not be asked more and more.
      if (this.#underWay === 0) void this.refresh();
    }, EVERY_MS).unref();
    await this.refresh();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#refreshing;
  }

  /** Settings of a version, where it has any. */
  of(projectId: number, model: string, version: string): NamedSettings | undefined {
    return this.#byVersion.get(keyOf(projectId, model, version));
  }

  /** Settings of a version as the store has them; null = the project has no such version. */
  current(projectId: number, versionId: number): Promise<StoredSettings | null> {
    return this.#store.current(projectId, versionId);
  }

  /** Changes the settings of a version; from then on receipts carry them. */
  async change(change: SettingsChange): Promise<SettingsChanged> {
    const changed = await this.#store.change(change);
    if (changed.kind === 'stored') await this.refresh();
    return changed;
  }

  /** Takes over what has changed since the last time; never rejects, since the next time comes soon. */
  refresh(): Promise<void> {
    this.#underWay += 1;
    this.#refreshing = this.#refreshing.then(() => this.#read());
    return this.#refreshing;
  }

  async #read(): Promise<void> {
    try {
      for (const settings of await this.#store.newerThan(this.#newest)) {
        this.#byVersion.set(keyOf(settings.projectId, settings.model, settings.version), settings);
        this.#newest = Math.max(this.#newest, settings.revision);
      }
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'could not read the settings for agents; it will be tried again');
    } finally {
      this.#underWay -= 1;
    }
  }
}

import type { Settings } from '@tidemark/proto';
import type { VersionName } from '../losses.ts';
import type { CollectorSettings } from '../settings.ts';
import { hush, shielded } from '../shield.ts';
import { readSettings } from './read-settings.ts';

/**
 * Takes settings out of receipts: only what is right, and of each model version nothing older than what it goes by.
 *
 * The collector tells of the versions that a stream has reported those whose settings are newer than the revision that a
 * batch names. That is the smallest one among the versions of the batch: one that is served only now has none yet.
 */
export class SettingsInbox {
  readonly #hand: (settings: CollectorSettings) => void;
  readonly #read: (message: Settings) => CollectorSettings | undefined;
  /** By version, the revision up to which nothing new is known of it. */
  readonly #known = new Map<string, number>();
  #revision = 0;
  #complained = false;

  /**
   * @param onSettings gets each message; it says nothing of the versions it does not name. What it throws is nobody's.
   * @param say told once of settings that cannot be used.
   */
  constructor(onSettings: (settings: CollectorSettings) => void, say: (message: string) => void) {
    this.#hand = shielded(
      (settings) => hush(onSettings(settings)),
      (error) => say(`settings of the collector could not be put to use: ${textOf(error)}`),
    );
    this.#read = shielded(readSettings, (error) => {
      if (!this.#complained) say(`the collector sent settings that cannot be used: ${textOf(error)}`);
      this.#complained = true;
    });
  }

  /** Newest revision the agent goes by; 0 = it has none. */
  get revision(): number {
    return this.#revision;
  }

  /** The revision that a batch of these versions is to name. */
  revisionOf(versions: readonly VersionName[]): number {
    if (versions.length === 0) return this.#revision;
    return Math.min(...versions.map((version) => this.#known.get(keyOf(version)) ?? 0));
  }

  /** @param versions those of the batch that was answered: what the message does not say of them, there is not. */
  take(message: Settings | undefined, versions: readonly VersionName[]): void {
    if (message === undefined || message.revision === 0n) return;
    const settings = this.#read(message);
    if (settings === undefined) return;
    const { revision } = settings;
    const models = settings.models.filter((named) => revision >= (this.#known.get(keyOf(named)) ?? 0));
    for (const version of [...models, ...versions])
      this.#known.set(keyOf(version), Math.max(revision, this.#known.get(keyOf(version)) ?? 0));
    this.#revision = Math.max(this.#revision, revision);
    if (models.length > 0) this.#hand(Object.freeze({ revision, models: Object.freeze(models) }));
  }
}

function keyOf({ model, version }: VersionName): string {
  return `${model}\u0000${version}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : typeof error;
}

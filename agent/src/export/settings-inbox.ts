import type { Settings } from '@tidemark/proto';
import type { CollectorSettings } from '../settings.ts';
import { hush, shielded } from '../shield.ts';
import { readSettings } from './read-settings.ts';

/**
 * Takes settings out of receipts: only what is right, and not older than what the agent goes by. The same revision comes
 * again, whole, when a version is reported that it says something about.
 */
export class SettingsInbox {
  readonly #hand: (settings: CollectorSettings) => void;
  readonly #read: (message: Settings) => CollectorSettings | undefined;
  #revision = 0;
  #complained = false;

  /**
   * @param onSettings gets each new revision; what it throws is nobody's.
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

  /** Revision the agent goes by; 0 = it has none. */
  get revision(): number {
    return this.#revision;
  }

  take(message: Settings | undefined): void {
    if (message === undefined || message.revision === 0n || message.revision < BigInt(this.#revision)) return;
    const settings = this.#read(message);
    if (settings === undefined) return;
    this.#revision = settings.revision;
    this.#hand(settings);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : typeof error;
}

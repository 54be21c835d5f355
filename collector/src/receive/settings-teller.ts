import { toBinary } from '@bufbuild/protobuf';
import {
  encodeSettings,
  LIMITS,
  type PlainModelSettings,
  type PlainSettings,
  type Settings,
  SettingsSchema,
} from '@tidemark/proto';
import { type OwnedVersion, type ValidBatch, versionKey } from '../ingest/batch.ts';

/** What receiving needs to know of the settings for agents. */
export type SettingsSource = {
  /** Current settings of a model version, where it has any. */
  of(
    projectId: number,
    model: string,
    version: string,
  ): { readonly settings: PlainModelSettings; readonly revision: number } | undefined;
};

/** Model versions of one agent that are remembered; of more, those reported last count. */
const MAX_VERSIONS = 200;
/** Bytes of settings in one receipt: with refusals beside them it has to stay below `LIMITS.maxBytes`. */
const MAX_BYTES = LIMITS.maxBytes / 2;

type Reported = OwnedVersion & {
  /** Revision of its settings that was told on this stream. */
  told: number;
  /** Whether the agent had been answered before it reported this one. */
  readonly isLate: boolean;
};

/**
 * Decides for one stream when its agent has to be told of settings: once for each change, and only of the model versions
 * it has reported. Settings are told whole, since they replace what came before as a whole.
 */
export class SettingsTeller {
  readonly #settings: SettingsSource;
  readonly #reported = new Map<string, Reported>();
  #source = '';
  #hasAnswered = false;

  constructor(settings: SettingsSource) {
    this.#settings = settings;
  }

  /** What the receipt of a batch is to carry; undefined = nothing new. */
  answer(batch: ValidBatch): Settings | undefined {
    this.#note(batch);
    this.#hasAnswered = true;
    return this.#isDue(batch.settingsRevision) ? this.#tell() : undefined;
  }

  #isDue(goesBy: number): boolean {
    for (const one of this.#reported.values()) {
      const revision = this.#settings.of(one.projectId, one.model, one.version)?.revision ?? 0;
      // An agent that reports another version later may be at a revision above that of its settings and not have them.
      if (revision !== one.told && (revision > goesBy || one.isLate)) return true;
    }
    return false;
  }

  #tell(): Settings {
    const models: PlainSettings['models'][number][] = [];
    let newest = 0;
    for (const one of this.#reported.values()) {
      const current = this.#settings.of(one.projectId, one.model, one.version);
      if (current === undefined) continue;
      one.told = current.revision;
      newest = Math.max(newest, current.revision);
      models.push({ model: one.model, version: one.version, ...current.settings });
    }
    const message = encodeSettings({ revision: newest, models });
    while (toBinary(SettingsSchema, message).length > MAX_BYTES) message.models.shift();
    return message;
  }

  #note({ projectId, source, versions, windows }: ValidBatch): void {
    if (source !== this.#source) {
      this.#source = source;
      this.#reported.clear();
      this.#hasAnswered = false;
    }
    for (const named of versions) this.#report({ ...named, projectId });
    for (const named of windows) this.#report({ ...named, projectId });
  }

  #report({ projectId, model, version }: OwnedVersion): void {
    const key = versionKey({ projectId, model, version });
    const known = this.#reported.get(key);
    // Put behind the others, so that what is no longer served goes first.
    this.#reported.delete(key);
    this.#reported.set(key, known ?? { projectId, model, version, told: 0, isLate: this.#hasAnswered });
    for (const oldest of this.#reported.keys()) {
      if (this.#reported.size <= MAX_VERSIONS) return;
      this.#reported.delete(oldest);
    }
  }
}

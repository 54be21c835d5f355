import type { ModelVersion } from '../record/model-version.ts';
import { hush } from '../shield.ts';
import { defaultColumns } from './default-columns.ts';
import type { InstrumentOptions } from './instrument-options.ts';
import { type ModelSource, UNKNOWN_SOURCE, versionOf } from './model-source.ts';
import type { SessionLike } from './session.ts';
import { readSessionOptions, type SessionOptions } from './session-options.ts';
import { SessionWatch } from './session-watch.ts';
import { ShieldedWatch } from './shielded-watch.ts';
import type { WatchPlace } from './watch-place.ts';

/** What is known of a session; `watch` is made at its first run, null where it is not to be watched. */
type Known = { source: ModelSource; watch: ShieldedWatch | null | undefined };

/** The watch of every session of an instrumented runtime, made once, and forgotten with the session. */
export class SessionWatches {
  readonly #place: WatchPlace;
  readonly #options: InstrumentOptions;
  readonly #sessions = new WeakMap<object, Known>();

  constructor(place: WatchPlace, options: InstrumentOptions) {
    this.#place = place;
    this.#options = options;
  }

  /** A session whose source will be known soon; runs that begin before that are filed under version `unknown`. */
  expect(session: unknown, source: Promise<ModelSource>): void {
    if (typeof session !== 'object' || session === null) return;
    const known: Known = { source: UNKNOWN_SOURCE, watch: undefined };
    this.#sessions.set(session, known);
    void source.then((found) => {
      known.source = found;
      known.watch = undefined;
    });
  }

  /** The watch of a session; undefined where its runs go bare. Never throws. */
  of(session: unknown): ShieldedWatch | undefined {
    const known = this.#sessions.get(session as object) ?? this.#discover(session);
    if (known === undefined) return undefined;
    if (known.watch === undefined) known.watch = this.#watchOf(session as SessionLike, known.source);
    return known.watch ?? undefined;
  }

  /** A session that was there before. */
  #discover(session: unknown): Known | undefined {
    if (typeof session !== 'object' || session === null) return undefined;
    const known: Known = { source: UNKNOWN_SOURCE, watch: undefined };
    this.#sessions.set(session, known);
    return known;
  }

  #watchOf(session: SessionLike, source: ModelSource): ShieldedWatch | null {
    const { capture, own, failed } = this.#place;
    try {
      const options = this.#optionsOf(session, source);
      if (options === null) return null;
      const version = this.#versionOf(options, source);
      return new ShieldedWatch(new SessionWatch(capture, version, session.inputNames, options), failed(version));
    } catch (error) {
      // It has been released, or there are too many versions: it runs bare, and that is counted.
      failed(own)(error);
      return null;
    }
  }

  #optionsOf(session: SessionLike, source: ModelSource): SessionOptions | null {
    try {
      const given = this.#options.model?.(session, source);
      if (given === null) return null;
      hush(given);
      return readSessionOptions(session, { ...defaultColumns(session), ...given });
    } catch {
      const { own } = this.#place;
      own.losses.add(own, 'extractor-failed');
      return defaultColumns(session);
    }
  }

  #versionOf({ model }: SessionOptions, source: ModelSource): ModelVersion {
    if (model !== undefined) return this.#place.find(model);
    const bare = { name: source.name, version: versionOf(source) };
    if (source.sha256 === undefined) return this.#place.find(bare);
    try {
      return this.#place.find({ ...bare, artifactSha256: source.sha256 });
    } catch {
      // Described before in another way: by name and version it is that one.
      return this.#place.find(bare);
    }
  }
}

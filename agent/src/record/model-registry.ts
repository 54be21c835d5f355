import { isDeepStrictEqual } from 'node:util';
import { AgentError } from '../errors.ts';
import type { Losses } from '../losses.ts';
import { isBare, readModel } from '../model-options.ts';
import { ColumnRoom } from './column-room.ts';
import { type FilterOf, ModelVersion } from './model-version.ts';

/** Model versions one agent keeps apart; each may hold windows and series of its own. */
export const MAX_MODEL_VERSIONS = 256;

/** The model versions of one agent, each once. */
export class ModelRegistry {
  readonly #losses: Losses<ModelVersion>;
  readonly #room: ColumnRoom;
  readonly #filterOf: FilterOf;
  readonly #versions = new Map<string, ModelVersion>();

  /** @param roomBytes memory that the blocks of all versions share. */
  constructor(losses: Losses<ModelVersion>, roomBytes: number, filterOf: FilterOf) {
    this.#losses = losses;
    this.#room = new ColumnRoom(roomBytes);
    this.#filterOf = filterOf;
  }

  /** All versions so far. */
  all(): Iterable<ModelVersion> {
    return this.#versions.values();
  }

  /**
   * The version that options mean. A name and version alone mean one that was described before.
   * @throws {AgentError} TIDEMARK_OPTION_INVALID, also for a second, different description of one version;
   * TIDEMARK_MODEL_LIMIT.
   */
  get(given: unknown): ModelVersion {
    const spec = readModel(given);
    const key = `${spec.name}\u0000${spec.version}`;
    const known = this.#versions.get(key);
    if (known !== undefined) {
      if (isBare(spec) || isDeepStrictEqual(spec, known.spec)) return known;
      const option = `${spec.name} ${spec.version}`;
      const mistake = {
        option,
        expected: 'the description given before',
        got: 'another; a changed model is a new version',
      };
      throw new AgentError('TIDEMARK_OPTION_INVALID', `model ${option}: described before in another way`, [mistake]);
    }
    if (this.#versions.size >= MAX_MODEL_VERSIONS) {
      throw new AgentError(
        'TIDEMARK_MODEL_LIMIT',
        `model: an agent keeps at most ${MAX_MODEL_VERSIONS} versions apart`,
      );
    }
    const version = new ModelVersion(spec, this.#losses, this.#room, this.#filterOf);
    this.#versions.set(key, version);
    return version;
  }
}

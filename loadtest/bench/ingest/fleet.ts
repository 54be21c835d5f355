import { randomBytes } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { BatchSchema, encodeSummary } from '@tidemark/proto';
import { seeded } from '../seeded.ts';
import { type Column, makeColumns, summarise } from './columns.ts';

/** Which agents there are, and what they serve. */
export type Load = {
  /** Begins the names of the models, so that loads do not meet. */
  readonly name: string;
  readonly agents: number;
  readonly modelsPerAgent: number;
  /** Whether all agents serve the same models, so that their deltas meet in the same rows. */
  readonly isShared: boolean;
  /** Inferences of a model in a delta. */
  readonly inferences: number;
  /** Deltas that are made; every flush of every model takes another of them. */
  readonly deltas: number;
  readonly widthMs: number;
};

/** A batch as it goes over the wire. */
export type PreparedBatch = { readonly sequence: bigint; readonly bytes: Buffer; readonly summaries: number };

/** Makes the batches that the agents of a load send; everything but names, times and sequences is made once, from a seed. */
export class Fleet {
  readonly #load: Load;
  readonly #columns: readonly Column[];
  readonly #pool: ReturnType<typeof encodeSummary>[][];
  readonly #sources: Uint8Array[];
  readonly #sequences: bigint[];

  constructor(load: Load, seed: number) {
    this.#load = load;
    this.#columns = makeColumns(seed);
    const random = seeded(seed + 1);
    this.#pool = Array.from({ length: load.deltas }, () => {
      return summarise(this.#columns, load.inferences, random).map((summary, i) => {
        const { stage, field } = this.#columns[i]!;
        return encodeSummary({ stage, field, slice: '' }, summary);
      });
    });
    this.#sources = Array.from({ length: load.agents }, () => randomBytes(16));
    this.#sequences = this.#sources.map(() => 0n);
  }

  /** One batch of each agent for the window that starts at `startMs`. `flush` chooses which deltas. */
  flush(startMs: number, flush: number): PreparedBatch[] {
    return this.#sources.map((sourceId, agent) => this.#batch(agent, sourceId, startMs, flush));
  }

  #batch(agent: number, sourceId: Uint8Array, startMs: number, flush: number): PreparedBatch {
    const { modelsPerAgent, isShared, name, inferences, deltas, widthMs } = this.#load;
    const sequence = this.#sequences[agent]! + 1n;
    this.#sequences[agent] = sequence;
    const models = Array.from({ length: modelsPerAgent }, (_, i) => (isShared ? i : agent * modelsPerAgent + i));
    const names = models.map((model) => ({ model: `${name}-${model}`, version: '1' }));
    const batch = create(BatchSchema, {
      sourceId,
      sequence,
      sealedAtUnixMs: BigInt(Date.now()),
      // An agent describes its models in the first batch of a connection.
      modelVersions: flush === 0 ? names : [],
      agent: { service: 'bench', host: 'localhost', pid: 1, agentVersion: '0' },
      windows: names.map((model, i) => ({
        ...model,
        startUnixMs: BigInt(startMs),
        widthMs,
        rows: BigInt(inferences),
        errors: 0n,
        summaries: this.#pool[(models[i]! * 7 + agent * 5 + flush) % deltas]!,
      })),
    });
    const bytes = toBinary(BatchSchema, batch);
    return {
      sequence,
      bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      summaries: modelsPerAgent * this.#columns.length,
    };
  }
}

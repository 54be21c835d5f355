import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AgentInfo,
  BatchSchema,
  LIMITS,
  LossSchema,
  type ModelVersion,
  ModelVersionSchema,
} from '@tidemark/proto';
import type { Loss } from '../losses.ts';
import type { Delta, Owner } from './delta.ts';
import { describe } from './describe.ts';
import { type Part, partsOf } from './parts.ts';
import type { DeltaQueue } from './queue.ts';

/** A batch as it travels: the same sequence and bytes however often it is sent. */
export type SealedBatch = {
  readonly sequence: bigint;
  readonly bytes: Buffer;
  /** Per window of the batch, in its order. */
  readonly windows: readonly { readonly owner: Owner; readonly rows: number }[];
  readonly losses: readonly Loss<Owner>[];
  /** Whether it carries descriptions that later batches need. */
  readonly describes: boolean;
  /** Oldest push it holds. */
  readonly ticket: number;
};

/** What a sealer needs to know of this process. */
export type SealerOptions = {
  /** 16 random bytes, new for every start. */
  readonly sourceId: Uint8Array;
  readonly info: Pick<AgentInfo, 'service' | 'host' | 'pid' | 'agentVersion'>;
  /** The wall clock, in milliseconds since the epoch. */
  readonly now: () => number;
};

/** Where losses are taken from; see Losses. */
export type LossSource = { readonly owed: boolean; take(): Loss<Owner>[] };

/** Cuts what waits into numbered batches within the limits of the wire. */
export class Sealer<D extends Delta<D>> {
  readonly #queue: DeltaQueue<D>;
  readonly #losses: LossSource;
  readonly #options: SealerOptions;
  #parts: Part[] = [];
  #described = new Set<Owner>();
  #sequence = 0n;

  constructor(queue: DeltaQueue<D>, losses: LossSource, options: SealerOptions) {
    this.#queue = queue;
    this.#losses = losses;
    this.#options = options;
  }

  /** Descriptions ride again with the next batch that needs them: on a new stream, or when they were not kept. */
  forgetDescribed(): void {
    this.#described = new Set();
  }

  /** Inferences that are encoded and not sealed yet. */
  get rows(): number {
    return this.#parts.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Bytes that are encoded and not sealed yet. */
  get bytes(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Ticket of the oldest push that is not sealed yet; Infinity when all is. */
  get oldestTicket(): number {
    return Math.min(this.#parts[0]?.ticket ?? Number.POSITIVE_INFINITY, this.#queue.oldestTicket);
  }

  /**
   * The next batch, or undefined when there is nothing to tell.
   * @param lossTicket of the flush that waits for losses; Infinity for none.
   */
  next(lossTicket: number): SealedBatch | undefined {
    const parts: Part[] = [];
    const descriptions: ModelVersion[] = [];
    let room: number = LIMITS.targetBytes;
    let summaries = 0;
    for (let part = this.#peek(); part !== undefined; part = this.#peek()) {
      const description = this.#describe(part.owner);
      room -= part.bytes + (description ? toBinary(ModelVersionSchema, description).length : 0);
      summaries += part.window.summaries.length;
      if (parts.length > 0 && (room < 0 || summaries > LIMITS.maxSummaries)) break;
      this.#described.add(part.owner);
      if (description !== undefined) descriptions.push(description);
      parts.push(part);
      this.#parts.shift();
    }
    if (parts.length === 0 && !this.#losses.owed) return undefined;
    return this.#seal(parts, descriptions, Math.min(parts[0]?.ticket ?? Number.POSITIVE_INFINITY, lossTicket));
  }

  /** Gives up everything that is encoded and not sealed. */
  clear(): Part[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  #peek(): Part | undefined {
    if (this.#parts.length === 0) {
      const waiting = this.#queue.shift();
      if (waiting !== undefined) this.#parts = partsOf(waiting.delta, waiting.ticket);
    }
    return this.#parts[0];
  }

  #describe(owner: Owner): ModelVersion | undefined {
    return this.#described.has(owner) ? undefined : describe(owner);
  }

  #seal(parts: readonly Part[], modelVersions: ModelVersion[], ticket: number): SealedBatch {
    const losses = this.#losses.take();
    for (const { version } of losses) {
      const description = this.#describe(version);
      if (description !== undefined) modelVersions.push(description);
      this.#described.add(version);
    }
    this.#sequence++;
    const batch = create(BatchSchema, {
      sourceId: this.#options.sourceId,
      sequence: this.#sequence,
      sealedAtUnixMs: BigInt(this.#options.now()),
      modelVersions,
      windows: parts.map(({ window }) => window),
      losses: losses.map(({ version: { model, version }, reason, count }) =>
        create(LossSchema, { model, version, reason, count: BigInt(count) }),
      ),
      agent: { ...this.#options.info },
    });
    return {
      sequence: this.#sequence,
      bytes: Buffer.from(toBinary(BatchSchema, batch)),
      windows: parts.map(({ owner, rows }) => ({ owner, rows })),
      losses,
      describes: modelVersions.length > 0,
      ticket,
    };
  }
}

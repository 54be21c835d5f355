import { create, toBinary } from '@bufbuild/protobuf';
import {
  AgentHealthSchema,
  type AgentInfo,
  BatchSchema,
  LIMITS,
  LossSchema,
  type ModelVersion,
  ModelVersionSchema,
} from '@tidemark/proto';
import type { Health } from '../health.ts';
import type { Loss } from '../losses.ts';
import type { Delta, Owner } from './delta.ts';
import { describe } from './describe.ts';
import type { Extra } from './extra-queue.ts';
import type { Extras, TakenExtras } from './extras.ts';
import { type Part, partsOf } from './parts.ts';
import type { DeltaQueue } from './queue.ts';

/** What a batch holds, apart from its bytes. */
export type BatchContents = {
  readonly sequence: bigint;
  /** Per window of the batch, in its order. */
  readonly windows: readonly { readonly owner: Owner; readonly rows: number }[];
  /** Whose each event and outcome of the batch is, in its order. */
  readonly events: readonly Owner[];
  readonly outcomes: readonly Owner[];
  readonly losses: readonly Loss<Owner>[];
  /** Versions it describes; later batches on the same stream need it. */
  readonly described: readonly Owner[];
  /** Oldest push it holds. */
  readonly ticket: number;
};

/** A batch as it travels: the same sequence and bytes however often it is sent. */
export type SealedBatch = BatchContents & { readonly bytes: Buffer };

/** What a sealer needs to know of this process. */
export type SealerOptions = {
  /** 16 random bytes, new for every start. */
  readonly sourceId: Uint8Array;
  readonly info: Pick<AgentInfo, 'service' | 'host' | 'pid' | 'agentVersion' | 'threadId'>;
  /** The wall clock, in milliseconds since the epoch. */
  readonly now: () => number;
  /** How the agent is now. */
  readonly health: () => Health;
  /** Revision of the settings that these versions go by; 0 = none. */
  readonly settingsRevision: (versions: readonly Owner[]) => number;
};

/** Where losses are taken from; see Losses. */
export type LossSource = { readonly owed: boolean; take(): Loss<Owner>[] };

/** What waits to be sealed: windows, and what is carried beside them. */
export type Waiting<D extends Delta<D>> = {
  readonly queue: DeltaQueue<D>;
  readonly extras: Extras;
  readonly losses: LossSource;
};

/** Cuts what waits into numbered batches within the limits of the wire. Windows go first. */
export class Sealer<D extends Delta<D>> {
  readonly #waiting: Waiting<D>;
  readonly #options: SealerOptions;
  #parts: Part[] = [];
  #described = new Set<Owner>();
  #sequence = 0n;

  constructor(waiting: Waiting<D>, options: SealerOptions) {
    this.#waiting = waiting;
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
    const { queue, extras } = this.#waiting;
    return Math.min(this.#parts[0]?.ticket ?? Number.POSITIVE_INFINITY, queue.oldestTicket, extras.oldestTicket);
  }

  /**
   * The next batch, or undefined when there is nothing to tell.
   * @param lossTicket of the flush that waits for losses; Infinity for none.
   */
  next(lossTicket: number): SealedBatch | undefined {
    // Before anything is taken out of where it is counted.
    const health = this.#options.health();
    const parts: Part[] = [];
    const described: Owner[] = [];
    let room: number = LIMITS.targetBytes;
    let summaries = 0;
    const fits = (owner: Owner, bytes: number, isFirst: boolean) => {
      const description = this.#describe(owner);
      const left = room - bytes - (description ? toBinary(ModelVersionSchema, description).length : 0);
      if (!isFirst && left < 0) return false;
      room = left;
      if (description !== undefined) described.push(owner);
      this.#described.add(owner);
      return true;
    };
    for (let part = this.#peek(); part !== undefined; part = this.#peek()) {
      summaries += part.window.summaries.length;
      if (parts.length > 0 && summaries > LIMITS.maxSummaries) break;
      if (!fits(part.owner, part.bytes, parts.length === 0)) break;
      parts.push(part);
      this.#parts.shift();
    }
    let isFirst = parts.length === 0;
    const extras = this.#waiting.extras.take(({ owner, bytes }) => {
      const taken = fits(owner, bytes.length, isFirst);
      isFirst = false;
      return taken;
    });
    const first = [parts[0], extras.outcomes[0], extras.events[0]].map((item) => item?.ticket);
    const ticket = Math.min(lossTicket, ...first.filter((each) => each !== undefined));
    if (ticket === Number.POSITIVE_INFINITY && !this.#waiting.losses.owed) return undefined;
    return this.#seal(parts, extras, described, health, ticket);
  }

  /** Gives up everything that is encoded and not sealed. */
  clear(): Part[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  #peek(): Part | undefined {
    if (this.#parts.length === 0) {
      const waiting = this.#waiting.queue.shift();
      if (waiting !== undefined) this.#parts = partsOf(waiting.delta, waiting.ticket);
    }
    return this.#parts[0];
  }

  #describe(owner: Owner): ModelVersion | undefined {
    return this.#described.has(owner) ? undefined : describe(owner);
  }

  #seal(
    parts: readonly Part[],
    { events, outcomes }: TakenExtras,
    described: Owner[],
    health: Health,
    ticket: number,
  ): SealedBatch {
    const losses = this.#waiting.losses.take();
    for (const { version } of losses) {
      if (this.#described.has(version)) continue;
      described.push(version);
      this.#described.add(version);
    }
    this.#sequence++;
    const batch = create(BatchSchema, {
      sourceId: this.#options.sourceId,
      sequence: this.#sequence,
      sealedAtUnixMs: BigInt(this.#options.now()),
      modelVersions: described.map(describe),
      windows: parts.map(({ window }) => window),
      losses: losses.map(({ version: { model, version }, reason, count }) =>
        create(LossSchema, { model, version, reason, count: BigInt(count) }),
      ),
      agent: { ...this.#options.info },
      health: healthMessage(health),
      settingsRevision: BigInt(this.#options.settingsRevision(parts.map(({ owner }) => owner))),
    });
    const encoded = [...events, ...outcomes].map(({ bytes }) => bytes);
    return {
      sequence: this.#sequence,
      bytes: Buffer.concat([toBinary(BatchSchema, batch), ...encoded]),
      windows: parts.map(({ owner, rows }) => ({ owner, rows })),
      events: events.map(ownerOf),
      outcomes: outcomes.map(ownerOf),
      losses,
      described,
      ticket,
    };
  }
}

function ownerOf({ owner }: Extra): Owner {
  return owner;
}

function healthMessage(health: Health) {
  const { captured, sent, pending, dropped, bytesSent, queueBytes, clockSkewMs, ...rest } = health;
  return create(AgentHealthSchema, {
    ...rest,
    captured: BigInt(captured),
    sent: BigInt(sent),
    pending: BigInt(pending),
    dropped: BigInt(dropped),
    bytesSent: BigInt(bytesSent),
    queueBytes: BigInt(Math.round(queueBytes)),
    clockSkewMs: BigInt(clockSkewMs),
  });
}

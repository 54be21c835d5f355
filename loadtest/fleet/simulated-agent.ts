import { create, toBinary } from '@bufbuild/protobuf';
import {
  type Batch,
  BatchSchema,
  encodeHealth,
  LIMITS,
  ModelVersionSchema,
  type Receipt,
  Receipt_Status as Status,
  WindowSchema,
} from '@tidemark/proto';
import { AgentLine } from './agent-line.ts';
import type { Delta, Ledger } from './ledger.ts';
import type { Notes } from './notes.ts';
import type { PreparedWindows } from './prepared-windows.ts';
import type { FleetShape } from './shape.ts';

export type AgentOptions = {
  readonly shape: FleetShape;
  readonly windows: PreparedWindows;
  readonly ledger: Ledger;
  readonly notes: Notes;
  /** Places in the shape of the models it serves. */
  readonly models: readonly number[];
  readonly addresses: readonly string[];
  readonly index: number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Its clock, in ms since the epoch. */
  readonly now: () => number;
};

type Sealed = {
  readonly sequence: number;
  readonly sealedAt: number;
  readonly deltas: readonly Delta[];
  /** When it was written to the open stream; null = it was not. */
  sentAt: number | null;
};

/**
 * An agent as the collector sees one: its own boot id, sequence and connection, deltas of open windows merged while they
 * wait, 16 batches without a receipt at most, each sent again under its number until it has one. What it would take to
 * observe a model is left out.
 */
export class SimulatedAgent {
  readonly #options: AgentOptions;
  readonly #source: Uint8Array;
  readonly #line: AgentLine;
  readonly #waiting = new Map<string, Delta>();
  readonly #sealed = new Map<bigint, Sealed>();
  #sequence = 0;
  /** Whether the versions have been described on the open stream: unanswered, nothing else is sent. */
  #described: 'no' | 'asked' | 'yes' = 'no';

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#source = Uint8Array.from({ length: 16 }, () => Math.floor(256 * options.random()));
    this.#line = new AgentLine(
      { addresses: options.addresses, first: options.index, random: options.random },
      { receipt: (receipt) => this.#settle(receipt), lost: () => this.#lost(), ready: () => this.send() },
    );
  }

  /** Whether everything captured has its receipt. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#sealed.size === 0;
  }

  /** Rows of a model that end up in the window of `time` (ms, event time). */
  capture(model: number, time: number, rows: number): void {
    const { windowMs } = this.#options.shape;
    const start = Math.floor(time / windowMs) * windowMs;
    const key = `${model}/${start}`;
    this.#waiting.set(key, { model, start, rows: rows + (this.#waiting.get(key)?.rows ?? 0) });
    this.#options.ledger.capture(model, rows);
  }

  /** Sends what may be sent now; the rest follows by itself. */
  send(): void {
    while (!this.#line.isWaiting && this.#described !== 'asked') {
      const batch = this.#next();
      if (batch === undefined) return;
      if (!this.#line.isOpen) this.#described = 'no';
      this.#line.write(this.#encode(batch));
      batch.sentAt = performance.now();
    }
  }

  /** Gives the line up; what has no receipt stays pending. */
  close(): void {
    this.#line.close();
  }

  #next(): Sealed | undefined {
    for (const batch of this.#sealed.values()) if (batch.sentAt === null) return batch;
    if (this.#sealed.size >= LIMITS.maxUnacknowledged || this.#waiting.size === 0) return undefined;
    return this.#seal();
  }

  #seal(): Sealed {
    const deltas: Delta[] = [];
    let [summaries, bytes] = [0, 0];
    for (const [key, delta] of this.#waiting) {
      const window = this.#options.windows.of(delta.model, delta.rows);
      summaries += window.summaries.length;
      bytes += window.bytes;
      if (deltas.length > 0 && (summaries > LIMITS.maxSummaries || bytes > LIMITS.targetBytes)) break;
      deltas.push(delta);
      this.#waiting.delete(key);
    }
    const sequence = ++this.#sequence;
    const sealed: Sealed = { sequence, sealedAt: this.#options.now(), deltas, sentAt: null };
    this.#sealed.set(BigInt(sequence), sealed);
    return sealed;
  }

  #encode({ sequence, sealedAt, deltas }: Sealed): Buffer {
    const { shape, windows, index } = this.#options;
    const batch: Batch = create(BatchSchema, {
      sourceId: this.#source,
      sequence: BigInt(sequence),
      sealedAtUnixMs: BigInt(Math.round(sealedAt)),
      agent: { service: 'simulated', host: 'localhost', pid: index + 1, agentVersion: '0.1.0' },
      health: encodeHealth({ ...NO_HEALTH, sent: sequence }),
    });
    batch.windows = deltas.map(({ model, start, rows }) => {
      const window = create(WindowSchema, { ...nameOf(shape, model), startUnixMs: BigInt(start) });
      window.widthMs = shape.windowMs;
      window.rows = BigInt(rows);
      window.summaries = [...windows.of(model, rows).summaries];
      return window;
    });
    if (this.#described === 'no') {
      this.#described = 'asked';
      batch.modelVersions = this.#options.models.map((model) => create(ModelVersionSchema, nameOf(shape, model)));
    }
    const bytes = toBinary(BatchSchema, batch);
    this.#options.notes.sentBytes += bytes.length;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #settle(receipt: Receipt): void {
    const { notes } = this.#options;
    const batch = this.#sealed.get(receipt.sequence);
    if (receipt.slowDownMs > 0) this.#line.holdStill(receipt.slowDownMs);
    notes.receipt(receipt, batch?.sentAt ?? null);
    if (batch !== undefined) this.#settleBatch(batch, receipt);
    if (this.#described === 'asked') this.#described = receipt.status === Status.RETRY ? 'no' : 'yes';
    this.#line.expectMore([...this.#sealed.values()].some(({ sentAt }) => sentAt !== null));
    this.send();
  }

  #settleBatch(batch: Sealed, receipt: Receipt): void {
    const { ledger, windows } = this.#options;
    if (receipt.status === Status.RETRY) {
      batch.sentAt = null;
      if (receipt.slowDownMs === 0) this.#line.holdStill(1_000);
      return;
    }
    this.#sealed.delete(receipt.sequence);
    const codes = new Map(receipt.refusals.map(({ part, code }) => [part, code]));
    batch.deltas.forEach((delta, i) => {
      const code = receipt.status === Status.REFUSED ? (codes.get('') ?? 'refused') : codes.get(`windows[${i}]`);
      if (code === undefined) ledger.acknowledge(delta, windows.of(delta.model, delta.rows));
      else ledger.refuse(delta, code);
      codes.delete(`windows[${i}]`);
    });
    // Whole windows are all that a fleet expects to be refused; anything else is shown.
    for (const [part, code] of codes) if (part !== '') this.#options.notes.surprise(`${part}: ${code}`);
  }

  #lost(): void {
    this.#options.notes.reconnects += 1;
    this.#described = 'no';
    for (const batch of this.#sealed.values()) batch.sentAt = null;
  }
}

const NO_HEALTH = {
  captured: 0,
  sent: 0,
  pending: 0,
  dropped: 0,
  cpuMs: 0,
  bytesSent: 0,
  queueBytes: 0,
  queueBatches: 0,
  eventLoopDelayP99Ms: 0,
  clockSkewMs: 0,
};

function nameOf({ models }: FleetShape, model: number): { model: string; version: string } {
  const shape = models[model];
  if (shape === undefined) throw new RangeError(`there is no model ${model} in the fleet's shape`);
  return { model: shape.model, version: shape.version };
}

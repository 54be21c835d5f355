import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BatchSchema, LIMITS, type Receipt } from '@tidemark/proto';
import { shielded } from '../shield.ts';
import type { SpoolStats } from '../stats.ts';
import type { Accounts } from './accounts.ts';
import { describe } from './describe.ts';
import type { BatchContents, SealedBatch } from './sealer.ts';
import { rowsOf, type Settlement } from './settle.ts';
import type { SpoolDirectory } from './spool-directory.ts';
import type { SpoolId } from './spool-name.ts';
import { SpoolSender, type Unspooled } from './spool-sender.ts';
import { type Held, SpoolShelf } from './spool-shelf.ts';
import type { Transport } from './transport.ts';

export type SpoolOptions = {
  readonly directory: SpoolDirectory;
  /** Of all files in the directory. */
  readonly maxBytes: number;
  /** Of what is to be written and is nowhere else. */
  readonly maxWritingBytes: number;
  /** This run of the agent, in hex. */
  readonly source: string;
  /** A way of its own. */
  readonly transport: Transport;
  /** A number in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly say: (message: string) => void;
};

/**
 * Batches in a directory. While a batch waits in memory for its receipt, a copy is kept here (`remember`, `forget`), so
 * that a process that is killed loses only what was not sealed. What memory has no room for, and what is left at the
 * end, is moved here (`take`, `takeNow`) and sent from here, by this run or the next, under the ids it has always had.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #shelf: SpoolShelf;
  readonly #sender: SpoolSender;
  /** What is to be sent from here, oldest first. */
  readonly #waiting: Held[] = [];
  /** Of batches that another process has taken: they will be sent, but not by us. */
  readonly #handedOver = { rows: 0, outcomes: 0 };
  #sending: Held | undefined;
  #accounts: Accounts | undefined;
  #changed = () => {};
  #writingBytes = 0;
  #recovered = 0;
  #refusedRows = 0;
  #dropped = 0;
  #closed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#shelf = new SpoolShelf(options.directory, options.maxBytes, {
      dropped: (held) => this.#lose(held),
      failed: (error) => options.say(`spool: ${error instanceof Error ? error.message : typeof error}`),
    });
    this.#sender = new SpoolSender(options.transport, options.random, {
      next: () => this.#next(),
      settled: (_, settlement, receipt) => this.#settled(settlement, receipt),
      refused: () => this.#refused(),
    });
  }

  /** Looks for what earlier runs have left, and sends it. @param changed is called when something was answered. */
  start(accounts: Accounts, changed: () => void): void {
    this.#accounts = accounts;
    this.#changed = changed;
    void this.#shelf.scan().then((found) => {
      if (this.#shelf.bad > 0) this.#options.say(`spool: moved ${this.#shelf.bad} unusable files aside (*.bad)`);
      this.#waiting.unshift(...found);
      this.#send();
    });
  }

  /** Inferences of this run that are here and not in memory. */
  get rows(): number {
    return this.#own().reduce((sum, contents) => sum + rowsOf(contents), this.#handedOver.rows);
  }

  /** Outcomes of this run that are here and not in memory. */
  get outcomes(): number {
    return this.#own().reduce((sum, { outcomes }) => sum + outcomes.length, this.#handedOver.outcomes);
  }

  /** Oldest push of this run that is here and not in memory; Infinity when none is. */
  get oldestTicket(): number {
    return this.#own().reduce((oldest, { ticket }) => Math.min(oldest, ticket), Number.POSITIVE_INFINITY);
  }

  /** Whether `take` would take another batch now. */
  get hasRoom(): boolean {
    return !this.#closed && this.#writingBytes < this.#options.maxWritingBytes;
  }

  get stats(): SpoolStats {
    const batches = this.#shelf.all.filter(({ inMemory }) => !inMemory).length;
    const { bytes, bad } = this.#shelf;
    return { batches, bytes, recovered: this.#recovered, refusedRows: this.#refusedRows, dropped: this.#dropped, bad };
  }

  /** Keeps a copy of a batch that waits in memory. */
  remember(batch: SealedBatch): void {
    const held = this.#shelf.hold(this.#idOf(batch), contentsOf(batch), true);
    void this.#shelf.write(held, () => payloadOf(batch));
  }

  /** It has its receipt: its copy goes. */
  forget(batch: BatchContents): void {
    const held = this.#shelf.find(this.#idOf(batch));
    if (held !== undefined) this.#shelf.remove(held);
  }

  /** Takes a batch out of memory. What cannot be written after all is lost, and counted. */
  take(batch: SealedBatch): boolean {
    const held = this.#heldOnly(batch);
    this.#writingBytes += batch.bytes.length;
    void this.#shelf
      .write(held, () => payloadOf(batch))
      .then((isWritten) => {
        this.#writingBytes -= batch.bytes.length;
        if (isWritten) this.#waiting.push(held);
        else this.#abandon(held);
        this.#send();
      });
    return true;
  }

  /** As `take`, before it returns: the process ends. False when it cannot be written. */
  takeNow(batch: SealedBatch): boolean {
    this.#close();
    const held = this.#heldOnly(batch);
    if (this.#shelf.writeNow(held, payloadOf(batch))) return true;
    this.#shelf.remove(held);
    return false;
  }

  /** Somebody waits: gives up a wait of our own. */
  hurry(): void {
    if (!this.#closed) this.#sender.hurry();
  }

  /** Gives up what is on its way for now, so that it does not keep the process alive. */
  letGo(): void {
    this.#sender.letGo();
  }

  /** Ends sending; resolves when all that was taken is written and free for the next run, or after 5 s. Never rejects. */
  async stop(): Promise<void> {
    this.#close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DISK_TIMEOUT_MS);
    });
    await Promise.race([this.#shelf.release(), late]);
    clearTimeout(timer);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sender.close();
  }

  #send(): void {
    if (!this.#closed) this.#sender.send();
    this.#changed();
  }

  async #next(): Promise<Unspooled | undefined> {
    for (let held = this.#waiting.shift(); held !== undefined && !this.#closed; held = this.#waiting.shift()) {
      // It may have been dropped to make room.
      if (this.#shelf.find(held.id) !== held) continue;
      held.isSending = true;
      const { id, contents } = held;
      const { bad } = this.#shelf;
      const bytes = await this.#shelf.read(held, (payload) => contents !== undefined || isBatchOf(id, payload));
      if (bytes !== undefined) {
        this.#sending = held;
        return { bytes, contents: contents ?? { ...UNKNOWN, sequence: id.sequence } };
      }
      held.isSending = false;
      // It could not be read now: it stays for the next run.
      if (this.#shelf.find(held.id) === held) continue;
      if (this.#shelf.bad > bad) this.#lose(held);
      else if (contents !== undefined) {
        this.#handedOver.rows += rowsOf(contents);
        this.#handedOver.outcomes += contents.outcomes.length;
      }
      this.#changed();
    }
    return undefined;
  }

  #settled(settlement: Extract<Settlement, { kind: 'settled' }>, receipt: Receipt): void {
    const held = this.#done();
    if (held === undefined) return;
    if (held.contents !== undefined) this.#accounts?.settle(held.contents, settlement, receipt);
    else if (settlement.kept) this.#recover(receipt);
    else this.#dropped++;
    this.#changed();
  }

  /** A batch of an earlier run was kept, but for what the receipt refuses: its counts are not ours, so they are told apart. */
  #recover({ refusals }: Receipt): void {
    this.#recovered++;
    const [first] = refusals;
    if (first === undefined) return;
    this.#refusedRows += refusals.reduce((sum, { rows }) => sum + Number(rows), 0);
    const { part, code, message } = first;
    this.#options.say(
      `spool: of a batch of an earlier run the collector refused ${part || 'a part'}: ${code}: ${message}`,
    );
  }

  #refused(): void {
    const held = this.#done();
    if (held?.contents !== undefined) this.#accounts?.refuse(held.contents);
    else if (held !== undefined) this.#dropped++;
    this.#changed();
  }

  #done(): Held | undefined {
    const held = this.#sending;
    this.#sending = undefined;
    if (held !== undefined) this.#shelf.remove(held);
    return held;
  }

  /** A batch could not be written. */
  #abandon(held: Held): void {
    if (this.#shelf.find(held.id) !== held) return;
    this.#shelf.remove(held);
    this.#lose(held);
  }

  #lose({ contents }: Held): void {
    if (contents !== undefined) this.#accounts?.giveUp(contents, 'spool-full');
    else this.#dropped++;
    this.#options.say('spool: a batch was given up');
  }

  /** The batch, which is not in memory from now on. */
  #heldOnly(batch: SealedBatch): Held {
    const id = this.#idOf(batch);
    const held = this.#shelf.find(id) ?? this.#shelf.hold(id, contentsOf(batch), false);
    held.inMemory = false;
    return held;
  }

  #own(): BatchContents[] {
    return this.#shelf.all.flatMap(({ inMemory, contents }) => (inMemory || contents === undefined ? [] : contents));
  }

  #idOf({ sequence }: BatchContents): SpoolId {
    return { source: this.#options.source, sequence };
  }
}

/** How long the end of an agent waits for a disk. */
const DISK_TIMEOUT_MS = 5_000;

const UNKNOWN = { windows: [], events: [], outcomes: [], losses: [], described: [], ticket: Number.POSITIVE_INFINITY };

function contentsOf({ bytes, ...contents }: SealedBatch): BatchContents {
  return contents;
}

/**
 * A batch that can be understood on any stream: with the descriptions that had gone before. Bytes of one message may
 * be put before those of another of its kind (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
 */
function payloadOf({ windows, events, outcomes, losses, described, bytes }: SealedBatch): Buffer {
  const owners = new Set([...windows.map(({ owner }) => owner), ...events, ...outcomes]);
  for (const { version } of losses) owners.add(version);
  for (const owner of described) owners.delete(owner);
  const before = toBinary(BatchSchema, create(BatchSchema, { modelVersions: [...owners].map(describe) }));
  // A message over the limit would never be taken; a collector that has seen the versions needs no descriptions.
  return before.length + bytes.length > LIMITS.maxBytes ? bytes : Buffer.concat([before, bytes]);
}

/** Whether bytes are the batch that their file is named after. */
const isBatchOf = (id: SpoolId, payload: Buffer): boolean =>
  shielded(
    () => {
      const { sourceId, sequence } = fromBinary(BatchSchema, payload, { readUnknownFields: false });
      return Buffer.from(sourceId).toString('hex') === id.source && sequence === id.sequence;
    },
    () => {},
  )() ?? false;

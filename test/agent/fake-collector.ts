import { create } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServerDuplexStream, type ServiceDefinition, status } from '@grpc/grpc-js';
import {
  type Batch,
  decodeSummary,
  type Loss,
  REPORT_METHOD,
  type Receipt,
  ReceiptSchema,
  Receipt_Status as Status,
} from '@tidemark/proto';
import type { Summary } from '@tidemark/sketch';

/** What the fake does with a batch: answer it, keep silent, or cut the connection before or after keeping it. */
export type Answer =
  | (Partial<Pick<Receipt, 'status' | 'refusals' | 'slowDownMs' | 'settings' | 'answeredAtUnixMs' | 'sequence'>> & {
      readonly code?: never;
    })
  | 'silence'
  | 'cut-before-keeping'
  | 'cut-after-keeping'
  | { readonly code: number };

/** One window of one version, as the fake has added it up. */
export type KeptWindow = { rows: number; errors: number; readonly series: Map<string, Summary> };

type Stream = ServerDuplexStream<Batch, Receipt>;

/** A collector over real gRPC that keeps everything in memory and counts a (source, sequence) once, as the real one. */
export class FakeCollector {
  /** Decides about each batch; by default it is kept and acknowledged. */
  answer: (batch: Batch, nth: number) => Answer = () => ({});
  /** Everything that arrived, repeats included, and when. */
  readonly arrived: { readonly batch: Batch; readonly atMs: number; readonly stream: number }[] = [];
  /** By `model version start`. */
  readonly windows = new Map<string, KeptWindow>();
  readonly losses: Loss[] = [];
  readonly events: Batch['events'] = [];
  readonly outcomes: Batch['outcomes'] = [];
  /** What this server proves itself with, and asks for; plain by default. */
  credentials: ServerCredentials = ServerCredentials.createInsecure();
  /** The token a stream must bring; whoever brings another is turned away. */
  token: string | undefined;
  readonly described = new Map<string, Batch['modelVersions'][number]>();
  readonly #seen = new Set<string>();
  #server: Server | undefined;
  #port = 0;
  #streams = 0;

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get rows(): number {
    return [...this.windows.values()].reduce((sum, { rows }) => sum + rows, 0);
  }

  get errors(): number {
    return [...this.windows.values()].reduce((sum, { errors }) => sum + errors, 0);
  }

  /** Starts, or comes back on the port it had. */
  async start(): Promise<this> {
    const server = new Server({ 'grpc.max_receive_message_length': 4 * 1024 * 1024 });
    const service: ServiceDefinition = { report: REPORT_METHOD };
    server.addService(service, { report: (stream: Stream) => this.#report(stream) });
    this.#port = await new Promise((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.#port}`, this.credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.#server = server;
    return this;
  }

  /** Breaks every connection at once. */
  kill(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
  }

  /** Adds up one series over all windows of a version. */
  series(name: string, version = '1'): Summary {
    const found = [...this.windows].filter(([key, { series }]) => key.split(' ')[1] === version && series.has(name));
    const summaries = found.map(([, { series }]) => series.get(name) as Summary);
    const [first, ...rest] = summaries;
    if (first === undefined) throw new Error(`no series ${name} of version ${version} arrived`);
    const sum = first.clone();
    for (const summary of rest) sum.merge(summary);
    return sum;
  }

  #report(stream: Stream): void {
    const id = ++this.#streams;
    if (this.token !== undefined && stream.metadata.get('authorization')[0] !== `Bearer ${this.token}`) {
      stream.on('error', () => {});
      stream.emit('error', Object.assign(new Error('who are you?'), { code: status.UNAUTHENTICATED }));
      return;
    }
    stream.on('data', (batch: Batch) => this.#take(batch, stream, id));
    stream.on('end', () => stream.end());
    stream.on('error', () => {});
  }

  #take(batch: Batch, stream: Stream, id: number): void {
    this.arrived.push({ batch, atMs: performance.now(), stream: id });
    const answer = this.answer(batch, this.arrived.length);
    if (answer === 'silence') return;
    if (answer === 'cut-before-keeping') {
      this.kill();
      return;
    }
    if (typeof answer === 'object' && answer.code !== undefined) {
      stream.emit('error', Object.assign(new Error('told to'), { code: answer.code, details: 'told to' }));
      return;
    }
    const key = `${Buffer.from(batch.sourceId).toString('hex')} ${batch.sequence}`;
    const again = this.#seen.has(key);
    const given = answer === 'cut-after-keeping' ? {} : answer;
    const kept = given.status === undefined || given.status === Status.ACCEPTED;
    if (kept && !again) {
      this.#seen.add(key);
      this.#keep(batch, new Set((given.refusals ?? []).map(({ part }) => part)));
    }
    if (answer === 'cut-after-keeping') {
      this.kill();
      return;
    }
    const receipt = { sequence: batch.sequence, status: again ? Status.DUPLICATE : Status.ACCEPTED, ...given };
    stream.write(create(ReceiptSchema, receipt));
  }

  #keep(batch: Batch, refused: ReadonlySet<string>): void {
    for (const described of batch.modelVersions)
      this.described.set(`${described.model} ${described.version}`, described);
    this.losses.push(...batch.losses);
    this.events.push(...batch.events.filter((_, i) => !refused.has(`events[${i}]`)));
    this.outcomes.push(...batch.outcomes.filter((_, i) => !refused.has(`outcomes[${i}]`)));
    for (const [i, window] of batch.windows.entries()) {
      if (refused.has(`windows[${i}]`)) continue;
      if (!this.described.has(`${window.model} ${window.version}`))
        throw new Error('a window of an unknown model version');
      const key = `${window.model} ${window.version} ${window.startUnixMs}`;
      const kept = this.windows.get(key) ?? { rows: 0, errors: 0, series: new Map() };
      this.windows.set(key, kept);
      kept.rows += Number(window.rows);
      kept.errors += Number(window.errors);
      for (const message of window.summaries) {
        const { stage, field, summary } = decodeSummary(message);
        const mine = kept.series.get(`${stage}/${field}`);
        if (mine === undefined) kept.series.set(`${stage}/${field}`, summary);
        else mine.merge(summary);
      }
    }
  }
}

/** gRPC status codes by name, for `{ code }`. */
export const CODES = status;

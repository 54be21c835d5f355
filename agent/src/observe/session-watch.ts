import { isTime, monotonicMs } from '../clock.ts';
import type { LossReason } from '../losses.ts';
import type { Capture, Counting, Window } from '../record/capture.ts';
import { Latency } from '../record/latency.ts';
import type { ModelVersion } from '../record/model-version.ts';
import { RowBudget } from '../record/row-budget.ts';
import { MAX_SAMPLED_ROWS, RowSample, xorshift } from '../record/row-sample.ts';
import { type Shape, shapeOf, type Table, type TensorLike, tableOfShape } from '../record/tensor.ts';
import { hush, shielded } from '../shield.ts';
import type { Call, CallWatch } from './call-watch.ts';
import { DEFAULT_MAX_SHARE, type SessionOptions } from './session-options.ts';
import { SessionPairs, type TakenPairs } from './session-pairs.ts';
import { type Reading, SessionPlan } from './session-plan.ts';

type Tensors = Readonly<Record<string, unknown>>;

/** A run under way, and how many of its rows are recorded. */
type Run = Call & { readonly recorded: number; readonly pairs?: TakenPairs | undefined };

/**
 * Rows of a window that are recorded whatever share of the run time that takes, at most 10 ms a run: so a quiet model is
 * seen whole, for some 4 ms (25 columns) in the 10 s until a window is sent on.
 */
export const SURE_ROWS = 8_192;
// A vector of 768 components costs about 10 µs.
const VECTOR_ROW_NS = 10_000;

/**
 * Sees the runs of one session: named columns of its inputs, vectors, its answer and its confidence, row by row. All rows
 * are counted; values are recorded of as many as the budget allows.
 */
export class SessionWatch implements CallWatch {
  readonly #capture: Capture;
  readonly #counting: Counting;
  readonly #plan: SessionPlan;
  readonly #pairs: SessionPairs | undefined;
  readonly #firstInput: string | undefined;
  readonly #firstColumns: number;
  readonly #budget: RowBudget;
  readonly #picked: RowSample;
  readonly #at: ((feeds: Tensors) => unknown) | undefined;
  #lastEndMs = 0;

  constructor(capture: Capture, version: ModelVersion, inputNames: readonly string[], options: SessionOptions) {
    const role = options.role ?? 'inference';
    this.#capture = capture;
    this.#counting = { version, role, latency: new Latency(version, role === 'step' ? 'step_ms' : 'session_ms') };
    this.#plan = new SessionPlan(version, inputNames, options);
    this.#pairs = SessionPairs.of(version, options);
    const [first] = Object.entries(options.features ?? {});
    this.#firstInput = first?.[0] ?? inputNames[0];
    this.#firstColumns = first?.[1].length ?? 1;
    const random = xorshift(1);
    const firstRowNs = options.vectors === undefined ? undefined : VECTOR_ROW_NS;
    this.#budget = new RowBudget(options.maxShare ?? DEFAULT_MAX_SHARE, random, firstRowNs);
    this.#picked = new RowSample(random);
    const at = options.at as ((feeds: Tensors) => unknown) | undefined;
    if (at !== undefined) this.#at = shielded(at, () => {});
  }

  begin(args: readonly unknown[]): Run {
    const given = args[0];
    const feeds = (typeof given === 'object' && given !== null ? given : {}) as Tensors;
    const beganMs = monotonicMs();
    const atMs = this.#at === undefined ? this.#capture.now(beganMs) : this.#timeOf(this.#at, feeds);
    const shape = this.#shape(feeds);
    const rows = shape === undefined ? 1 : shape.rows;
    if (this.#capture.stopped) return { atMs, startedMs: beganMs, rows, recorded: 0 };
    const window = this.#capture.window(this.#counting.version, atMs);
    const recorded = this.#allowed(window, rows);
    // Where nothing is recorded no time has gone by: a look at the clock is a fifth of what such a run costs.
    if (recorded === 0 || (this.#plan.inputs.length === 0 && this.#pairs === undefined))
      return { atMs, startedMs: beganMs, rows, recorded };
    this.#addInputs(window, feeds, shape, recorded);
    const pairs = this.#takePairs(feeds, rows, recorded);
    const startedMs = monotonicMs();
    this.#budget.recorded(recorded, (startedMs - beganMs) * 1e6);
    return { atMs, startedMs, rows, recorded, pairs };
  }

  end(call: Call, result: unknown): undefined {
    const { atMs, startedMs, rows, recorded, pairs } = call as Run;
    const endedMs = monotonicMs();
    // What runs one after the other waits for those before it: Lindley's (1952) service time.
    this.#budget.ran(rows, (endedMs - Math.max(startedMs, this.#lastEndMs)) * 1e6);
    this.#lastEndMs = endedMs;
    this.#capture.finish(this.#counting, atMs, rows, false, endedMs - startedMs);
    if (recorded === 0 || this.#capture.stopped) return;
    if (this.#plan.outputs.length === 0 && pairs === undefined) return;
    if (typeof result !== 'object' || result === null) return;
    const window = this.#capture.window(this.#counting.version, atMs);
    this.#addOutputs(window, result as Tensors, rows, recorded);
    if (pairs !== undefined) this.#addPairs(window, pairs, result as Tensors);
    this.#budget.recorded(
      this.#plan.inputs.length === 0 && pairs === undefined ? recorded : 0,
      (monotonicMs() - endedMs) * 1e6,
    );
  }

  fail(call: Call): void {
    this.#lastEndMs = monotonicMs();
    this.#capture.finish(this.#counting, call.atMs, call.rows, true, this.#lastEndMs - call.startedMs);
  }

  lose(call: Call): void {
    this.#lose('result-unobservable', call.rows);
    this.#capture.finish(this.#counting, call.atMs, call.rows, false);
  }

  /** How many rows of a run to record. */
  #allowed(window: Window, rows: number): number {
    const allowed = this.#budget.allow(rows);
    const seen = window.rows;
    if (seen < SURE_ROWS && allowed < rows) return Math.max(allowed, Math.min(rows, this.#budget.sure));
    // A window that has seen enough takes fewer and fewer, so that none grows without bound.
    if (seen <= MAX_SAMPLED_ROWS || rows <= 1) return allowed;
    return Math.min(allowed, Math.ceil((rows * MAX_SAMPLED_ROWS) / seen));
  }

  #addInputs(window: Window, feeds: Tensors, first: Shape | undefined, recorded: number): void {
    const { inputs } = this.#plan;
    for (let i = 0; i < inputs.length; i++) {
      const reading = inputs[i] as Reading;
      const tensor = feeds[reading.name];
      // An input that is not there makes the run fail, and is counted as that.
      if (tensor === undefined) continue;
      const known = reading.name === this.#firstInput ? first : undefined;
      this.#add(window, reading, tensor, known, first?.rows ?? 1, recorded);
    }
  }

  #takePairs(feeds: Tensors, rows: number, recorded: number): TakenPairs | undefined {
    try {
      return this.#pairs?.begin(feeds, rows, recorded);
    } catch {
      this.#lose('capture-failed');
      return undefined;
    }
  }

  #addPairs(window: Window, taken: TakenPairs, results: Tensors): void {
    try {
      this.#pairs?.end(window, taken, results);
    } catch {
      this.#lose('capture-failed');
    }
  }

  #addOutputs(window: Window, results: Tensors, rows: number, recorded: number): void {
    const { outputs } = this.#plan;
    for (let i = 0; i < outputs.length; i++) {
      const reading = outputs[i] as Reading;
      const tensor = results[reading.name];
      // Not among what the caller asked the session for.
      if (tensor !== undefined) this.#add(window, reading, tensor, undefined, rows, recorded);
    }
  }

  /** Adds one tensor: the share of its rows that is recorded of the run, whatever its own number of rows. */
  #add(
    window: Window,
    reading: Reading,
    tensor: unknown,
    known: Shape | undefined,
    rows: number,
    recorded: number,
  ): void {
    try {
      const shape = known ?? shapeOf(tensor, reading.columns);
      const table: Table | undefined = shape && tableOfShape(tensor as TensorLike, shape);
      if (table === undefined) {
        this.#lose('tensor-unreadable');
        return;
      }
      const wanted = table.rows === rows ? recorded : Math.ceil((table.rows * recorded) / Math.max(rows, 1));
      const picked = this.#picked.pick(table.rows, wanted);
      if (!reading.add(window, table, (tensor as TensorLike).type, picked)) this.#lose('tensor-unreadable');
    } catch {
      this.#lose('capture-failed');
    }
  }

  /** The shape of the first recorded input, whose rows are the inferences of a run. */
  #shape(feeds: Tensors): Shape | undefined {
    if (this.#firstInput === undefined) return undefined;
    try {
      return shapeOf(feeds[this.#firstInput], this.#firstColumns);
    } catch {
      // A tensor that was disposed of throws; the run will say so, and is one failed inference.
      return undefined;
    }
  }

  #timeOf(ask: (feeds: Tensors) => unknown, feeds: Tensors): number {
    const at = ask(feeds);
    if (isTime(at)) return at;
    hush(at);
    this.#lose('extractor-failed');
    return this.#capture.now();
  }

  #lose(reason: LossReason, count = 1): void {
    const { version } = this.#counting;
    version.losses.add(version, reason, count);
  }
}

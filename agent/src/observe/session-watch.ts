import { isTime } from '../clock.ts';
import type { LossReason } from '../losses.ts';
import type { Capture, Counting, Window } from '../record/capture.ts';
import { latencySeries } from '../record/latency-series.ts';
import { MAX_SERIES, type ModelVersion, type Series, type SeriesKind } from '../record/model-version.ts';
import { addLargest, addTable, shapeOf, type Table, tableOf } from '../record/tensor.ts';
import { hush, shielded } from '../shield.ts';
import type { Call, CallWatch } from './call-watch.ts';
import { outputOf, type SessionOptions } from './session-options.ts';

type Tensors = Readonly<Record<string, unknown>>;

/** Sees the runs of one session: named columns of its inputs, its answer and its confidence, row by row. */
export class SessionWatch implements CallWatch {
  readonly #capture: Capture;
  readonly #counting: Counting;
  readonly #inputs: readonly { readonly name: string; readonly columns: readonly (Series | undefined)[] }[];
  readonly #firstInput: string | undefined;
  readonly #options: SessionOptions;
  readonly #predictions: (Series | undefined)[] = [];
  readonly #confidence: Series | undefined;
  readonly #readInputs: (window: Window, feeds: Tensors) => void;
  readonly #readOutputs: (window: Window, results: Tensors) => void;
  readonly #shapeOf: typeof shapeOf;
  readonly #at: ((feeds: Tensors) => unknown) | undefined;

  constructor(capture: Capture, version: ModelVersion, inputNames: readonly string[], options: SessionOptions) {
    const role = options.role ?? 'inference';
    this.#capture = capture;
    this.#options = options;
    this.#counting = { version, role, latency: latencySeries(version, role === 'step' ? 'step_ms' : 'session_ms') };
    this.#inputs = Object.entries(options.features ?? {}).map(([name, columns]) => ({
      name,
      columns: columns.map((column) => this.#series('feature', column)),
    }));
    this.#firstInput = this.#inputs[0]?.name ?? inputNames[0];
    if (options.confidence !== undefined) this.#confidence = this.#series('confidence', 'value', 'number');
    const lost = () => this.#lose('capture-failed');
    this.#readInputs = shielded((window, feeds) => this.#addInputs(window, feeds), lost);
    this.#readOutputs = shielded((window, results) => this.#addOutputs(window, results), lost);
    // A tensor that was disposed of throws; the run will say so, and is one failed inference.
    this.#shapeOf = shielded(shapeOf, () => {});
    const at = options.at as ((feeds: Tensors) => unknown) | undefined;
    if (at !== undefined) this.#at = shielded(at, () => {});
  }

  begin([given]: readonly unknown[]): Call | undefined {
    const feeds = (typeof given === 'object' && given !== null ? given : {}) as Tensors;
    const atMs = this.#timeOf(feeds);
    const rows = this.#rowsOf(feeds);
    if (this.#inputs.length > 0 && !this.#capture.stopped) {
      this.#readInputs(this.#capture.window(this.#counting.version, atMs), feeds);
    }
    return { atMs, startedMs: performance.now(), rows };
  }

  end(call: Call, result: unknown): undefined {
    const latencyMs = performance.now() - call.startedMs;
    this.#capture.finish(this.#counting, call.atMs, call.rows, false, latencyMs);
    if (this.#capture.stopped || typeof result !== 'object' || result === null) return;
    this.#readOutputs(this.#capture.window(this.#counting.version, call.atMs), result as Tensors);
  }

  fail(call: Call): void {
    this.#capture.finish(this.#counting, call.atMs, call.rows, true, performance.now() - call.startedMs);
  }

  lose(call: Call): void {
    this.#lose('result-unobservable', call.rows);
    this.#capture.finish(this.#counting, call.atMs, call.rows, false);
  }

  #addInputs(window: Window, feeds: Tensors): void {
    for (const { name, columns } of this.#inputs) {
      const table = tableOf(feeds[name], columns.length);
      if (table !== undefined) addTable(this.#counting.version, window, columns, table);
      // An input that is not there makes the run fail, and is counted as that.
      else if (feeds[name] !== undefined) this.#lose('tensor-unreadable');
    }
  }

  #addOutputs(window: Window, results: Tensors): void {
    const { version } = this.#counting;
    const answer = this.#output(results, outputOf(this.#options.prediction));
    if (answer !== undefined)
      addTable(version, window, this.#predictionColumns(answer.table, answer.type), answer.table);
    const probabilities = this.#output(results, outputOf(this.#options.confidence));
    if (probabilities === undefined || this.#confidence === undefined) return;
    if (probabilities.table.rows > 0) addLargest(window, this.#confidence, probabilities.table);
  }

  #output(results: Tensors, name: string | undefined): { readonly table: Table; readonly type: string } | undefined {
    const tensor = name === undefined ? undefined : results[name];
    // Not among what the caller asked the session for.
    if (tensor === undefined) return undefined;
    const table = tableOf(tensor, 1);
    if (table === undefined) {
      this.#lose('tensor-unreadable');
      return undefined;
    }
    return { table, type: (tensor as { type: string }).type };
  }

  #predictionColumns(table: Table, type: string): readonly (Series | undefined)[] {
    const given = this.#options.prediction;
    const kind =
      (typeof given === 'object' ? given.kind : undefined) ?? (type.startsWith('float') ? 'number' : 'category');
    // Of more columns than there may be series the rest need not be asked for.
    const width = Math.min(table.width, MAX_SERIES);
    for (let column = this.#predictions.length; column < width; column++) {
      const { version } = this.#counting;
      const series = version.find('prediction', table.width === 1 ? 'value' : `value_${column}`);
      if (typeof series !== 'string') version.determine(series, kind);
      this.#predictions.push(typeof series === 'string' ? undefined : series);
    }
    if (table.width > width || this.#predictions.includes(undefined)) this.#lose('field-limit', table.rows);
    return this.#predictions;
  }

  #series(stage: string, field: string, kind?: SeriesKind): Series | undefined {
    const { version } = this.#counting;
    const series = version.find(stage, field);
    if (typeof series === 'string') {
      this.#lose(series);
      return undefined;
    }
    if (kind !== undefined) version.determine(series, kind);
    return series;
  }

  /** Inferences of a run: rows of its first recorded input. */
  #rowsOf(feeds: Tensors): number {
    const name = this.#firstInput;
    if (name === undefined) return 1;
    return this.#shapeOf(feeds[name], this.#inputs[0]?.columns.length ?? 1)?.rows ?? 1;
  }

  #timeOf(feeds: Tensors): number {
    if (this.#at === undefined) return this.#capture.now();
    const at = this.#at(feeds);
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

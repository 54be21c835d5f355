import { monotonicMs } from '../clock.ts';
import type { ModelVersion } from '../record/model-version.ts';
import { eventTime } from './call-readers.ts';
import type { Call, CallWatch } from './call-watch.ts';
import type { InferOptions } from './infer-options.ts';
import { type InferTensor, readTensor, unreadTensor } from './infer-tensor.ts';
import { outputOf } from './session-options.ts';
import { SessionWatch } from './session-watch.ts';
import type { WatchPlace } from './watch-place.ts';

type Tensors = Readonly<Record<string, unknown>>;

/** Model and version as a request, an address or an answer names them. */
export type Answerer = { readonly model: string | undefined; readonly version: string | undefined };

/** A call whose input has been copied; who answers it is not known yet. */
export type InferCall = Call & { readonly feeds: Tensors; readonly asked: Answerer };

const UNKNOWN = 'unknown';
// Stands among the inputs for the first one where none is recorded, so that rows can be counted; no name has a NUL.
const FIRST_INPUT = '\u0000first';
const UNREADABLE = Object.freeze({});

/**
 * Sees calls to servers of the Open Inference Protocol. Which version answers is known only from the answer, so input
 * is copied before the call and recorded after it, by the watch that ONNX sessions have.
 */
export class InferWatch implements CallWatch {
  readonly #place: WatchPlace;
  readonly #options: InferOptions;
  readonly #inputs: readonly string[];
  readonly #outputs: readonly string[];
  readonly #fixed: ModelVersion | undefined;
  readonly #timeOf: (args: readonly unknown[]) => number;
  readonly #watches = new Map<string, SessionWatch>();
  readonly #ownWatch: SessionWatch;
  /** The version that answered last, by model. */
  readonly #last = new Map<string, string>();
  #atMs = 0;

  constructor(place: WatchPlace, options: InferOptions) {
    this.#place = place;
    this.#options = options;
    this.#inputs = Object.keys(options.features ?? {});
    const outputs = [outputOf(options.prediction), outputOf(options.confidence)];
    this.#outputs = outputs.filter((output) => output !== undefined);
    if (options.model !== undefined) this.#fixed = place.find(options.model);
    this.#timeOf = eventTime(place.capture, this.#fixed ?? place.own, options.at);
    this.#ownWatch = this.#watch(this.#fixed ?? place.own);
  }

  begin([request]: readonly unknown[]): InferCall {
    return this.ask(request, answererOf(request));
  }

  /** Begins a call by its request, undefined where that cannot be read. */
  ask(request: unknown, asked: Answerer): InferCall {
    const feeds = tensorsOf(listOf(request, 'inputs'), this.#inputs);
    const first = this.#inputs.length === 0 ? listOf(request, 'inputs')?.[0] : undefined;
    if (isTensor(first)) feeds[FIRST_INPUT] = unreadTensor(first);
    return { atMs: this.#timeOf([feeds]), startedMs: monotonicMs(), rows: 1, feeds, asked };
  }

  end(call: InferCall, response: unknown): undefined {
    this.answer(call, response, monotonicMs() - call.startedMs);
  }

  /** Ends a call by what the server answered, undefined where that cannot be read. */
  answer(call: InferCall, response: unknown, latencyMs: number): void {
    const { model, version } = answererOf(response);
    const watch = this.#watchOf(model ?? call.asked.model, version ?? call.asked.version);
    const begun = this.#begun(watch, call, latencyMs);
    watch.end(begun, tensorsOf(listOf(response, 'outputs'), this.#outputs));
  }

  fail(call: InferCall): void {
    const { model, version } = call.asked;
    const watch = this.#watchOf(model, version ?? this.#last.get(model ?? ''));
    watch.fail(this.#begun(watch, call, monotonicMs() - call.startedMs));
  }

  lose(call: InferCall): void {
    const watch = this.#watchOf(call.asked.model, call.asked.version);
    watch.lose(this.#begun(watch, call, 0));
  }

  /** The call as the watch of who answered it would have begun it. */
  #begun(watch: SessionWatch, call: InferCall, latencyMs: number): Call {
    this.#atMs = call.atMs;
    const begun = watch.begin([call.feeds]) ?? call;
    return { ...begun, startedMs: monotonicMs() - latencyMs };
  }

  #watchOf(model: string | undefined, version = UNKNOWN): SessionWatch {
    if (this.#fixed !== undefined || model === undefined) return this.#ownWatch;
    const key = `${model}\u0000${version}`;
    try {
      const watch = this.#watches.get(key) ?? this.#watch(this.#place.find({ name: model, version }));
      // No more of either than the versions an agent keeps apart.
      this.#watches.set(key, watch);
      if (version !== UNKNOWN) this.#last.set(model, version);
      return watch;
    } catch (error) {
      this.#place.failed(this.#place.own)(error);
      return this.#ownWatch;
    }
  }

  #watch(version: ModelVersion): SessionWatch {
    return new SessionWatch(this.#place.capture, version, [FIRST_INPUT], { ...this.#options, at: () => this.#atMs });
  }
}

/** The named tensors of a message that are recorded. Of a message that cannot be read, none can. */
function tensorsOf(list: readonly unknown[] | undefined, names: readonly string[]): Record<string, unknown> {
  const tensors: Record<string, unknown> = Object.create(null);
  for (const name of names) {
    if (list === undefined) tensors[name] = UNREADABLE;
    else {
      const found = list.find((tensor) => isTensor(tensor) && tensor.name === name);
      if (found !== undefined) tensors[name] = readTensor(found as InferTensor);
    }
  }
  return tensors;
}

function listOf(message: unknown, key: 'inputs' | 'outputs'): readonly unknown[] | undefined {
  const list = (message as Record<string, unknown> | null | undefined)?.[key];
  return Array.isArray(list) ? list : undefined;
}

function isTensor(value: unknown): value is InferTensor {
  return typeof value === 'object' && value !== null;
}

function answererOf(message: unknown): Answerer {
  const { model_name: model, model_version: version } = (message ?? {}) as Record<string, unknown>;
  return { model: textOf(model), version: textOf(version) };
}

/** Servers that keep one version write an empty one. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

import { type MeterProvider, type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { AGENT_VERSION } from '../agent-version.ts';
import { LimitedLog } from '../limited-log.ts';
import { shielded } from '../shield.ts';
import { failureText } from './failure-text.ts';
import { installedModule } from './installed-module.ts';
import {
  type InstrumentationOptions,
  type InstrumentationSettings,
  readInstrumentationOptions,
} from './instrumentation-options.ts';
import { spanRuns } from './run-spans.ts';
import { SCOPE_NAME } from './scope.ts';
import { MODEL_NAME } from './span-attributes.ts';

/** The runtime that is looked for where none is given. */
const RUNTIME = 'onnxruntime-node';

/**
 * Lets the SDK of OpenTelemetry switch the agent's watch over ONNX sessions on and off:
 * `new NodeSDK({ instrumentations: [new TidemarkInstrumentation({ agent })] })`. It has the shape of the SDK's
 * `Instrumentation` and needs none of its packages. Once made, nothing but `setConfig` throws; trouble goes to the log.
 */
export class TidemarkInstrumentation {
  readonly instrumentationName = SCOPE_NAME;
  readonly instrumentationVersion = AGENT_VERSION;
  readonly #enable: () => void;
  readonly #undo: (undo: () => void) => void;
  readonly #tracerOf: (provider: TracerProvider) => Tracer | undefined;
  readonly #failed: (error: unknown) => void;
  #settings: InstrumentationSettings;
  #log: LimitedLog;
  #tracer: Tracer = trace.getTracer(SCOPE_NAME, AGENT_VERSION);
  // In the order they were done; empty while nothing is instrumented.
  #undos: (() => void)[] = [];
  #saidMissing = false;

  /** @throws {AgentError} TIDEMARK_OPTION_INVALID, naming every mistake at once. */
  constructor(options: InstrumentationOptions) {
    this.#settings = readInstrumentationOptions(options);
    this.#log = new LimitedLog(this.#settings.log);
    this.#failed = (error) => this.#log.say(`instrumentation: ${failureText(error)}`);
    this.#enable = shielded(() => this.#instrument(), this.#failed);
    this.#undo = shielded((undo) => undo(), this.#failed);
    this.#tracerOf = shielded((provider) => provider.getTracer(SCOPE_NAME, AGENT_VERSION), this.#failed);
    if (this.#settings.enabled) this.enable();
  }

  /** Instruments the runtime; what is instrumented already stays so. */
  enable(): void {
    if (this.#undos.length === 0) this.#enable();
  }

  /** Leaves the runtime as it was. */
  disable(): void {
    const undos = this.#undos;
    this.#undos = [];
    for (const undo of undos.reverse()) this.#undo(undo);
  }

  /** Whose spans go around the runs, where `spans` is true. */
  setTracerProvider(provider: TracerProvider): void {
    this.#tracer = this.#tracerOf(provider) ?? this.#tracer;
  }

  /** Of no effect: metrics are the agent's, and its option `metrics` says whose meters they use. */
  setMeterProvider(_provider: MeterProvider): void {}

  /**
   * Changes the options that are given; they hold from the next `enable` on.
   * @throws {AgentError} TIDEMARK_OPTION_INVALID.
   */
  setConfig(options: Partial<InstrumentationOptions>): void {
    const before = this.#settings;
    this.#settings = readInstrumentationOptions({ ...before, ...options });
    if (this.#settings.log !== before.log) this.#log = new LimitedLog(this.#settings.log);
  }

  getConfig(): InstrumentationSettings {
    return this.#settings;
  }

  #instrument(): void {
    const { agent, spans, model } = this.#settings;
    const ort = this.#settings.ort ?? installedModule(RUNTIME, process.cwd());
    if (ort === undefined) {
      this.#sayMissing();
      return;
    }
    this.#undos.push(agent.instrument(ort));
    if (!spans) return;
    // After the agent, so that its watch runs inside of the span and writes on it.
    const undo = spanRuns(ort, {
      tracer: () => this.#tracer,
      name: model === undefined ? 'onnx.run' : `onnx.run ${model}`,
      attributes: model === undefined ? {} : { [MODEL_NAME]: model },
      failed: this.#failed,
    });
    if (undo === undefined) this.#log.say('instrumentation: no InferenceSession to put spans around');
    else this.#undos.push(undo);
  }

  #sayMissing(): void {
    if (this.#saidMissing) return;
    this.#saidMissing = true;
    this.#log.say(`instrumentation: ${RUNTIME} is not installed for ${process.cwd()}; nothing to instrument`);
  }
}

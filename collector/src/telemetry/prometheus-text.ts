import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationTemporality, InstrumentType, type MetricData, MetricReader } from '@opentelemetry/sdk-metrics';
import { INSTRUMENTS, type Instrument } from './instruments.ts';
import { prometheusName } from './prometheus-name.ts';

/** Everything is in memory, so nothing to collect may take longer, in ms. */
const PATIENCE_MS = 2_000;

/** Reads what a meter provider has and writes it in the text format of Prometheus (0.0.4). */
export class PrometheusText extends MetricReader {
  readonly #serializer = new PrometheusSerializer('', false, undefined, true, true);

  constructor() {
    super({
      // By itself the SDK repeats what a gauge said last when it says nothing more.
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
    });
  }

  /** @throws where an instrument could not be read. */
  async write(): Promise<string> {
    const { resourceMetrics, errors } = await this.collect({ timeoutMillis: PATIENCE_MS });
    if (errors.length > 0) throw new AggregateError(errors, 'metrics could not be read');
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => {
      return { scope, metrics: metrics.map(renamed) };
    });
    const text = this.#serializer.serialize({ ...resourceMetrics, scopeMetrics });
    return text.endsWith('\n') ? text : `${text}\n`;
  }

  protected async onForceFlush(): Promise<void> {}

  protected async onShutdown(): Promise<void> {}
}

/** The serializer leaves units where they are; Prometheus wants them in the name. */
function renamed(metric: MetricData): MetricData {
  const instruments: Readonly<Record<string, Instrument>> = INSTRUMENTS;
  const declared = instruments[metric.descriptor.name];
  if (declared === undefined) return metric;
  const name = prometheusName(metric.descriptor.name, declared.unit, declared.kind);
  return { ...metric, descriptor: { ...metric.descriptor, name, unit: '' } };
}

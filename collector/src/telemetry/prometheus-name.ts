import type { InstrumentKind } from './instruments.ts';

/** Units in Prometheus's words, where it has one. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['s', 'seconds'],
  ['By', 'bytes'],
  ['1', 'ratio'],
]);

/**
 * The name of an instrument in Prometheus: `.` becomes `_`, its unit and `total` come behind, as in "OTLP Metric points to
 * Prometheus" of the OpenTelemetry specification (compatibility/prometheus_and_openmetrics). Units in braces are none.
 */
export function prometheusName(name: string, unit: string, kind: InstrumentKind): string {
  const suffix = UNITS.get(unit);
  const words = name.replaceAll('.', '_') + (suffix === undefined ? '' : `_${suffix}`);
  return kind === 'counter' || kind === 'observed-counter' ? `${words}_total` : words;
}

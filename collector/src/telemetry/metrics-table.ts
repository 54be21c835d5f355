import { INSTRUMENTS, type Instrument } from './instruments.ts';
import { prometheusName } from './prometheus-name.ts';

/** The table of metrics that the README holds, in Markdown: one row an instrument, in declared order, by its name in Prometheus. */
export function metricsTable(): string {
  const rows = Object.entries<Instrument>(INSTRUMENTS).map(([name, { kind, unit, doc, labels }]) => [
    code(prometheusName(name, unit, kind)),
    Object.keys(labels ?? {})
      .map((label) => code(label.replaceAll('.', '_')))
      .join(', '),
    doc,
  ]);
  const lines = [['Metric', 'Labels', 'Says'], ['---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

import type { Gate } from '../budget.ts';
import { writeSection } from '../readme-section.ts';
import { gateTable, markdownTable, textTable } from '../text-table.ts';
import { isNamed } from './findings.ts';
import type { Injected } from './injected.ts';
import type { Measured } from './measured.ts';
import type { CaseJudged } from './real/judge-case.ts';

const README = 'loadtest/README.md';

type Table = readonly [header: readonly string[], rows: readonly (readonly string[])[]];

/** The whole result for people. */
export function report({ undrifted, faults, real, missing }: Measured, gates: readonly Gate[]): string {
  const pages = undrifted?.pages.map(
    ({ model, field, alert, tick, value }) => `page: ${alert} of ${field} of ${model} at hour ${tick}, value ${value}`,
  );
  const wrong = [...(faults ?? []), ...real].flatMap((one) =>
    one.wrong.map((alert) =>
      typeof alert === 'string' ? alert : `${alert.alert} of ${alert.field}, hour ${alert.tick}`,
    ),
  );
  return [
    ...(undrifted
      ? [`${undrifted.fields} fields that do not drift, ${undrifted.days} days: ${undrifted.pages.length} pages`]
      : []),
    ...(pages ?? []),
    ...(faults ? [textTable(...faultTable(faults))] : []),
    ...(real.length > 0 ? [textTable(...realTable(real))] : []),
    ...wrong.map((alert) => `wrong: ${alert}`),
    ...missing.map((file) => `not measured: ${file} is not here (TIDEMARK_TEST_DATA names the folder)`),
    gateTable(gates),
  ].join('\n\n');
}

/** Puts the tables of a kept result between the marks of loadtest/README.md. @returns the file's name. */
export function writePages(result: unknown): string {
  const { undrifted, faults, real } = result as Measured;
  const pages = `${undrifted!.fields} fields that do not drift, ${undrifted!.days} days of hours: **${undrifted!.pages.length} pages**.`;
  const tables = [
    markdownTable(...faultTable(faults!)),
    ...(real.length > 0 ? [markdownTable(...realTable(real))] : []),
  ];
  return writeSection(README, 'pages', [pages, ...tables].join('\n\n'));
}

function faultTable(faults: readonly Injected[]): Table {
  const rows = faults.map((one) => [
    one.kind,
    one.how,
    one.expected,
    isNamed(one) ? `after ${one.windows}` : one.windows === null ? 'no' : `late, after ${one.windows}`,
    one.beside.join(', ') || '-',
    String(one.wrong.length),
  ]);
  return [['fault', '', 'right rule', 'named, windows', 'also told', 'false'], rows];
}

function realTable(real: readonly CaseJudged[]): Table {
  const rows = real.map(({ name, rows, known, wrong, others }) => {
    const found = known.filter(({ alert }) => alert !== null);
    const missed = known.filter(({ alert }) => alert === null);
    return [
      name,
      String(rows),
      found.map(({ field, alert, rowsLater }) => `${field}: ${alert}, ${rowsLater} rows later`).join('; ') || '-',
      missed.map(({ what, field }) => `${field}: ${what}`).join('; ') || '-',
      String(wrong.length),
      others
        .map(({ field, alerts }) => `${field} ${Object.values(alerts).reduce((sum, n) => sum + n, 0)}`)
        .join(', ') || '-',
    ];
  });
  return [['file', 'rows judged', 'found', 'missed', 'false', 'told of others, times'], rows];
}

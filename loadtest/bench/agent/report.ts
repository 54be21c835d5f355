import type { Gate } from '../budget.ts';
import type { Spread } from '../spread.ts';
import { figures, gateTable, textTable } from '../text-table.ts';
import type { Measured } from './measured.ts';
import { VARIANTS } from './variants.ts';

/** The whole result for people. */
export function report(measured: Measured, gates: readonly Gate[]): string {
  return [
    ...sections(measured).map(({ title, header, rows }) => `${title}\n\n${textTable(header, rows)}`),
    gateTable(gates),
  ].join('\n\n');
}

/** One table of the result. */
export type Section = {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** The result as tables; parts that were not measured are left out. */
export function sections({ calls = [], loops = [], runs = [], guards = [] }: Measured): Section[] {
  const all: Section[] = [
    {
      title: 'us added to a call of 25 features (20 numbers, 5 categories), prediction and confidence',
      header: ['', ...calls.map(({ pool }) => pool), ...calls.map(({ pool }) => `Tidemark / it, ${pool}`)],
      rows: VARIANTS.filter(({ id }) => id !== 'bare').map(({ id, label }) => [
        label,
        ...calls.map(({ addedNs }) => figures(addedNs[id]!.median / 1e3)),
        ...calls.map(({ oursOver }) => (id === 'tidemark' ? '' : range(oursOver[id]))),
      ]),
    },
    {
      title: 'event loop under a steady load, 99th percentiles in ms',
      header: ['calls/s', 'fields', 'not wrapped', 'wrapped', 'ratio', 'added', 'added to a call'],
      rows: loops.map((loop) => [
        String(loop.perSecond),
        String(loop.fields),
        figures(loop.bareP99Ms.median),
        figures(loop.wrappedP99Ms.median),
        range(loop.ratio),
        figures(loop.addedP99Ms.median),
        figures(loop.addedCallP99Ms.median),
      ]),
    },
    {
      title: 'runs of the ONNX runtime, us',
      header: ['model', 'rows', 'plain', 'watched', 'ratio'],
      rows: runs.map(({ model, rows, plainUs, watchedUs, ratio }) => [
        model,
        String(rows),
        figures(plainUs),
        figures(watchedUs),
        range(ratio),
      ]),
    },
    {
      title: 'us that a guard adds to a call',
      header: ['checks', 'median', 'slowest call in 1 000'],
      rows: guards.map(({ check, usPerCall, p999Us }) => [check, figures(usPerCall), figures(p999Us)]),
    },
  ];
  return all.filter(({ rows, header }) => rows.length > 0 && header.length > 1);
}

function range(of: Spread | undefined): string {
  return of === undefined ? '-' : `${figures(of.median)} (${figures(of.low)}..${figures(of.high)})`;
}

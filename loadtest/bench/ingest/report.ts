import type { Gate } from '../budget.ts';
import type { Spread } from '../spread.ts';
import { figures, gateTable, textTable } from '../text-table.ts';
import type { Measured } from './measured.ts';

/** The whole result for people. */
export function report(measured: Measured, gates: readonly Gate[]): string {
  return [
    ...sections(measured).map(({ title, header, rows }) => `${title}\n\n${textTable(header, rows)}`),
    ...measured.missing.map((what) => `not measured: ${what}`),
    gateTable(gates),
  ].join('\n\n');
}

/** One table of the result. */
export type Section = {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** The result as tables; what was not measured is left out. */
export function sections({ speeds, sizes, reads }: Measured): Section[] {
  const all: Section[] = [
    {
      title: 'summaries accepted a second, and the same rows upserted a second without us',
      header: [
        'store',
        'server',
        'each a row of its own',
        'raw',
        'fastest raw way',
        'of raw',
        'deltas of 20 agents in the same rows',
      ],
      rows: speeds.map(({ store, server, ownRows, raw, ofRaw, sharedRows }) => {
        const fastest = raw.toSorted((a, b) => b.rowsPerSecond.median - a.rowsPerSecond.median)[0]!;
        return [
          store,
          server.split(' ')[0]!,
          range(ownRows),
          range(fastest.rowsPerSecond),
          `${fastest.way}, ${fastest.perCommit} to a commit`,
          range(ofRaw),
          range(sharedRows),
        ];
      }),
    },
    {
      title: 'ms from sending a batch to its receipt, and memory of the collector',
      header: [
        'store',
        'steady, summaries/s',
        'p50',
        'p99',
        'full rate, p50',
        'p99',
        'peak RSS, MB',
        'CPU us a summary',
        'CPU us a raw row',
        'bytes a summary on the wire',
      ],
      rows: speeds.map(({ store, steady, full, peakMb, cpuUsPerSummary, rawCpuUsPerRow, bytesPerSummary }) => [
        store,
        String(steady.summariesPerSecond),
        figures(steady.p50Ms),
        figures(steady.p99Ms),
        figures(full.p50Ms),
        figures(full.p99Ms),
        figures(peakMb),
        figures(cpuUsPerSummary),
        figures(rawCpuUsPerRow),
        figures(bytesPerSummary),
      ]),
    },
    {
      title: 'bytes stored per million inferences of 25 features, prediction, confidence and latency',
      header: [
        'store',
        'form',
        'windows',
        'inferences/s',
        'bytes a window',
        'MB a million',
        'as JSON rows, MB',
        'JSON / ours',
      ],
      rows: sizes.map((size) => [
        size.store,
        size.form,
        size.windows,
        String(size.inferencesPerSecond),
        figures(size.bytesPerWindow),
        figures(size.bytesPerMillion / 1e6),
        figures(size.jsonBytesPerMillion / 1e6),
        figures(size.timesSmaller),
      ]),
    },
    {
      title: 'ms to be told the quantiles of a series over days of minutes, from roll-ups, over HTTP',
      header: ['store', 'days', 'whole days', 'cut within an hour at both ends'],
      rows: reads.map(({ store, days, wholeDaysMs, cutMs }) => [store, String(days), range(wholeDaysMs), range(cutMs)]),
    },
  ];
  return all.filter(({ rows }) => rows.length > 0);
}

function range({ median, low, high }: Spread): string {
  return `${figures(median)} (${figures(low)}..${figures(high)})`;
}

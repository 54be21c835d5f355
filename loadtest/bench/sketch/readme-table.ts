import { readFileSync, writeFileSync } from 'node:fs';
import { WrongUse } from '../bench.ts';
import type { Machine } from '../machine.ts';
import type { Spread } from '../spread.ts';
import { figures, markdownTable } from '../text-table.ts';
import type { Measured, StreamResult } from './measured.ts';

const BEGIN = '<!-- bench:sketch -->';
const END = '<!-- /bench:sketch -->';
const README = 'sketch/README.md';

/** A kept result, as far as it is shown. */
export type KeptResult = { readonly date: string; readonly machine: Machine } & Pick<Measured, 'streams'>;

const SPEED_PEERS = {
  tdigest: 'npm tdigest',
  ddsketch: 'DDSketch 1 %',
  hdr: 'HDR',
  otel: 'OTel histogram',
  'prom-summary': 'prom summary',
};
const ACCURACY_PEERS = { tidemark: 'Tidemark', tdigest: 'npm tdigest', ddsketch: 'DDSketch 1 %', hdr: 'HDR' };
const BYTES_PEERS = { tidemark: 'Tidemark', tdigest: 'npm tdigest JSON', ddsketch: 'DDSketch', hdr: 'HDR' };

/** Puts the tables of a kept result between the markers of sketch/README.md. @returns the file's name. */
export function writeComparison(result: unknown): string {
  const file = new URL(`../../../${README}`, import.meta.url);
  writeFileSync(file, withComparison(readFileSync(file, 'utf8'), result as KeptResult));
  return README;
}

/** The text with the tables in place of what was between the markers. Throws WrongUse if the markers are not there. */
export function withComparison(text: string, result: KeptResult): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new WrongUse(`${README} needs the lines ${BEGIN} and ${END}, in this order`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${comparison(result)}\n\n${text.slice(end)}`;
}

/** The comparison as Markdown: core and real streams, time of peers as multiples of ours. */
export function comparison({ date, machine, streams }: KeptResult): string {
  const shown = streams.filter(({ traits }) => traits.includes('core') || traits.includes('real'));
  const { cpu, cores, node } = machine;
  return [
    `Measured ${date} on ${cpu} (${cores} cores), Node ${node}, all in one process and taking turns; medians.`,
    'Time to add a value: ours in nanoseconds, the others as multiples of ours in the same round. A dash: cannot take the stream.',
    markdownTable(
      ['stream', 'Tidemark, ns', ...Object.values(SPEED_PEERS)],
      shown.map((result) => [
        result.stream,
        figures(result.nsPerAdd.tidemark?.median),
        ...Object.keys(SPEED_PEERS).map((id) => times(result.timesOurs[id])),
      ]),
    ),
    'Largest rank error (KS) in percent of all values:',
    perPeer(shown, ACCURACY_PEERS, ({ accuracy }, id) => figures(100 * (accuracy[id]?.ks ?? Number.NaN))),
    'Bytes of the whole stream:',
    perPeer(shown, BYTES_PEERS, ({ accuracy }, id) => String(accuracy[id]?.bytes ?? '-')),
  ].join('\n\n');
}

function perPeer(
  streams: readonly StreamResult[],
  peers: Readonly<Record<string, string>>,
  cell: (result: StreamResult, id: string) => string,
): string {
  return markdownTable(
    ['stream', 'values', ...Object.values(peers)],
    streams.map((result) => [result.stream, String(result.n), ...Object.keys(peers).map((id) => cell(result, id))]),
  );
}

function times(of: Spread | undefined): string {
  return of === undefined ? '-' : `${figures(of.median)} x`;
}

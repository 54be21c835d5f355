import type { Machine } from '../machine.ts';
import { withSection, writeSection } from '../readme-section.ts';
import type { Spread } from '../spread.ts';
import { figures, markdownTable } from '../text-table.ts';
import type { Measured, StreamResult } from './measured.ts';

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

/** Puts the tables of a kept result between the marks of sketch/README.md. @returns the file's name. */
export function writeComparison(result: unknown): string {
  return writeSection(README, 'sketch', comparison(result as KeptResult));
}

/** The text with the tables in place of what was between the marks. Throws WrongUse if the marks are not there. */
export function withComparison(text: string, result: KeptResult): string {
  return withSection(text, README, 'sketch', comparison(result));
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

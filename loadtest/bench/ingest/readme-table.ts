import type { Machine } from '../machine.ts';
import { writeSection } from '../readme-section.ts';
import { markdownTable } from '../text-table.ts';
import type { Measured } from './measured.ts';
import { sections } from './report.ts';

/** A kept result, as far as it is shown. */
export type KeptResult = { readonly date: string; readonly machine: Machine } & Measured;

/** Puts the tables of a kept result between the marks of loadtest/README.md. @returns the file's name. */
export function writeRates(result: unknown): string {
  return writeSection('loadtest/README.md', 'ingest', rates(result as KeptResult));
}

/** What the collector takes, as Markdown. */
export function rates(result: KeptResult): string {
  const { cpu, cores, node } = result.machine;
  return [
    `Measured ${result.date} on ${cpu} (${cores} cores), Node ${node}; medians, quartiles in brackets.`,
    ...sections(result).map(({ title, header, rows }) => `**${title}**\n\n${markdownTable(header, rows)}`),
  ].join('\n\n');
}

import type { Machine } from '../machine.ts';
import { writeSection } from '../readme-section.ts';
import { markdownTable } from '../text-table.ts';
import type { Measured } from './measured.ts';
import { sections } from './report.ts';

/** A kept result, as far as it is shown. */
export type KeptResult = { readonly date: string; readonly machine: Machine } & Measured;

/** Puts the tables of a kept result between the marks of agent/README.md. @returns the file's name. */
export function writeCosts(result: unknown): string {
  return writeSection('agent/README.md', 'agent', costs(result as KeptResult));
}

/** What the agent costs, as Markdown. */
export function costs(result: KeptResult): string {
  const { cpu, cores, node } = result.machine;
  return [
    `Measured ${result.date} on ${cpu} (${cores} cores), Node ${node}, all in one process and taking turns; medians, quartiles in brackets.`,
    ...sections(result).map(({ title, header, rows }) => `**${title}**\n\n${markdownTable(header, rows)}`),
  ].join('\n\n');
}

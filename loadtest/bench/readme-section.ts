import { readFileSync, writeFileSync } from 'node:fs';
import { WrongUse } from './bench.ts';

/** Puts `body` between the marks of a bench in a README of the repository. @returns the file's name. */
export function writeSection(readme: string, bench: string, body: string): string {
  const file = new URL(`../../${readme}`, import.meta.url);
  writeFileSync(file, withSection(readFileSync(file, 'utf8'), readme, bench, body));
  return readme;
}

/** The text with `body` in place of what was between the marks. Throws WrongUse if the marks are not there. */
export function withSection(text: string, readme: string, bench: string, body: string): string {
  const [from, to] = [`<!-- bench:${bench} -->`, `<!-- /bench:${bench} -->`];
  const begin = text.indexOf(from);
  const end = text.indexOf(to);
  if (begin < 0 || end < begin) throw new WrongUse(`${readme} needs the lines ${from} and ${to}, in this order`);
  return `${text.slice(0, begin + from.length)}\n\n${body}\n\n${text.slice(end)}`;
}

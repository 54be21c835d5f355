import { readFileSync, writeFileSync } from 'node:fs';
import { LOSS_REASONS } from '../src/losses.ts';
import { type OptionRow, optionsMarkdown } from '../src/option-table.ts';
import { OPTION_TABLES } from '../src/option-tables.ts';

// Writes the tables of options and losses into the README, between the marks of each.
const README = new URL('../README.md', import.meta.url);

let text = readFileSync(README, 'utf8');
for (const [name, rows] of Object.entries(OPTION_TABLES)) put(name, optionsMarkdown(rows as readonly OptionRow[]));
for (const unit of ['row', 'part'] as const) {
  const rows = Object.entries(LOSS_REASONS)
    .filter(([, reason]) => reason.unit === unit)
    .map(([reason, { doc }]) => `| \`${reason}\` | ${doc} |`);
  put(`losses-${unit}`, ['| reason | when |', '|---|---|', ...rows].join('\n'));
}
writeFileSync(README, text);

function put(name: string, table: string): void {
  const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  if (start < 0 || end < start) throw new Error(`the README has no place for ${name}: ${from} … ${to}`);
  text = `${text.slice(0, start + from.length)}\n\n${table}\n\n${text.slice(end)}`;
}

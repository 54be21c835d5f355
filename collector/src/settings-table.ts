import { SETTINGS, type Setting } from './settings.ts';

/** The table of settings that the README holds, in Markdown: one row a setting, in declared order. */
export function settingsTable(): string {
  const rows = SETTINGS.map(({ key, env, default: value, doc }: Setting) => [
    code(key),
    code(env),
    value === '' ? 'empty' : code(value),
    // A bar would end the cell.
    doc.replaceAll('|', '\\|'),
  ]);
  const lines = [
    ['Key in `tidemark.yaml`', 'Environment', 'Default', 'Meaning'],
    ['---', '---', '---', '---'],
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

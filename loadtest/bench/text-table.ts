import type { Gate } from './budget.ts';

/** Rows under a header with columns as wide as they need: numbers to the right, the first and those without a title to the left. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 || header[i] === '' ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The same as Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/** A number in about three figures, a dash for none. */
export function figures(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The verdicts on all gates, and how many were kept. */
export function gateTable(gates: readonly Gate[]): string {
  const rows = gates.map(({ id, value, better, gate, stretch, pass, reached, what }) => {
    const sign = better === 'higher' ? '>=' : '<=';
    const verdict = pass ? (reached ? 'stretch' : 'pass') : 'FAIL';
    return [id, figures(value), `${sign} ${gate}`, stretch === null ? '-' : `${sign} ${stretch}`, verdict, what];
  });
  const table = textTable(['gate', 'value', 'gate', 'stretch', 'verdict', ''], rows);
  return `${table}\n\n${gates.filter(({ pass }) => pass).length} of ${gates.length} gates kept`;
}

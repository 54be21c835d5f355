import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('../results/', import.meta.url);
const WIDTH = 110;

/** Writes what a bench measured under the day's name; a second run on the same day replaces the first. @returns its name. */
export function writeResult(bench: string, record: object, day: Date): string {
  const date = day.toISOString().slice(0, 10);
  const name = `${date}-${bench}.json`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL(name, FOLDER), `${layout({ date, ...record })}\n`);
  return name;
}

/** The latest result of a bench, or null when there is none. The names begin with the date, so they sort by it. */
export function newestResult(bench: string): unknown {
  let names: string[];
  try {
    names = readdirSync(FOLDER);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const newest = names.filter((name) => new RegExp(`^\\d{4}-\\d\\d-\\d\\d-${bench}\\.json$`).test(name)).sort();
  const name = newest.at(-1);
  return name === undefined ? null : JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
}

/** JSON with four significant digits, and with whatever fits on a line on one line: these files are read and compared. */
export function layout(value: unknown, indent = ''): string {
  const whole = JSON.stringify(value, (_, part) => (typeof part === 'number' ? rounded(part) : part));
  if (typeof value !== 'object' || value === null || whole.length + indent.length <= WIDTH) return whole;
  const deeper = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((part) => layout(part, deeper))
    : Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${layout(part, deeper)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`;
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}

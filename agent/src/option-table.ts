import { type Mistake, show } from './errors.ts';

/** One option, declared once: the check, the default and the README come from here. */
export type OptionRow = {
  readonly name: string;
  /** As written in the README. */
  readonly type: string;
  readonly required?: boolean;
  readonly default?: unknown;
  /** How the README shows the default, where it differs from the value. */
  readonly defaultText?: string;
  readonly doc: string;
  /** Whether a given value will do. */
  readonly accepts: (value: unknown) => boolean;
  /** What an error says was expected. */
  readonly expected: string;
  /** Checks inside a value that was accepted. */
  readonly inside?: (value: never, path: string, mistakes: Mistake[]) => void;
};

/**
 * Checks options against their table and completes them with defaults. Every mistake is added to `mistakes`, unknown
 * names included; the result may be used only when there are none.
 */
export function readOptions(
  rows: readonly OptionRow[],
  given: unknown,
  path: string,
  mistakes: Mistake[],
): Record<string, unknown> {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    mistakes.push({ option: path === '' ? 'options' : path, expected: 'an object', got: show(given) });
    return {};
  }
  const known = new Set(rows.map(({ name }) => name));
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    mistakes.push({ option: at(name), expected: `one of ${[...known].join(', ')}`, got: 'an unknown option' });
  }
  const result: Record<string, unknown> = {};
  for (const row of rows) {
    const value = (given as Record<string, unknown>)[row.name];
    if (value === undefined && !row.required) {
      if (row.default !== undefined) result[row.name] = row.default;
    } else if (!row.accepts(value)) {
      mistakes.push({ option: at(row.name), expected: row.expected, got: show(value) });
    } else {
      row.inside?.(value as never, at(row.name), mistakes);
      result[row.name] = value;
    }
  }
  return result;
}

/** The table as Markdown, for the README. */
export function optionsMarkdown(rows: readonly OptionRow[]): string {
  const lines = rows.map((row) => {
    const standard = row.required
      ? 'required'
      : (row.defaultText ?? (row.default === undefined ? '' : `\`${row.default}\``));
    return `| \`${row.name}\` | ${row.type} | ${standard} | ${row.doc} |`;
  });
  return ['| option | type | default | what it does |', '|---|---|---|---|', ...lines].join('\n');
}

export const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;
export const isFunction = (value: unknown): boolean => typeof value === 'function';
export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isWhole =
  (min: number, max: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

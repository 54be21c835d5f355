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
  /** Environment variable that stands in where the option is not given, and how its text is read; text itself by default. */
  readonly env?: string;
  readonly fromEnv?: (text: string) => unknown;
  /** Whether a wrong value must not be shown. */
  readonly secret?: boolean;
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
  environment: Readonly<Record<string, string | undefined>> = {},
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
    const explicit = (given as Record<string, unknown>)[row.name];
    const value = explicit === undefined ? fromEnvironment(row, environment) : explicit;
    const option = explicit === undefined && value !== undefined ? `${at(row.name)} (${row.env})` : at(row.name);
    if (value === undefined && !row.required) {
      if (row.default !== undefined) result[row.name] = row.default;
    } else if (!row.accepts(value)) {
      const got = row.secret && value !== undefined ? 'a value that is not shown' : show(value);
      mistakes.push({ option, expected: row.expected, got });
    } else {
      row.inside?.(value as never, option, mistakes);
      result[row.name] = value;
    }
  }
  return result;
}

function fromEnvironment({ env, fromEnv }: OptionRow, environment: Readonly<Record<string, string | undefined>>) {
  const text = env === undefined ? undefined : environment[env];
  // An empty variable is how shells and compose files say "none".
  if (text === undefined || text === '') return undefined;
  return fromEnv === undefined ? text : fromEnv(text);
}

/** The table as Markdown, for the README. */
export function optionsMarkdown(rows: readonly OptionRow[]): string {
  const lines = rows.map((row) => {
    const standard = row.required
      ? 'required'
      : (row.defaultText ?? (row.default === undefined ? '' : `\`${row.default}\``));
    const doc = row.env === undefined ? row.doc : `${row.doc}; else \`${row.env}\``;
    return `| \`${row.name}\` | ${row.type} | ${standard} | ${doc} |`;
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

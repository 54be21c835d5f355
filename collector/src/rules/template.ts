import { didYouMean } from '../near-name.ts';

/** What a text of a rule can speak of. */
export type TemplateContext = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
  /** Name of the baseline, empty where there is none. */
  readonly baseline: string;
  readonly samples: number;
  /** The condition in its own words, such as `> 0.25`. */
  readonly threshold: string;
};

/** A text with holes, checked when it was compiled, so that filling it in cannot fail. */
export type Template = { readonly source: string; render(context: TemplateContext): string };

/** What is wrong with a template; `offset` counts characters from its beginning. */
export class TemplateError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'TemplateError';
    this.offset = offset;
  }
}

const VARIABLES = ['value', 'baseline', 'samples', 'threshold'] as const;
type Variable = (typeof VARIABLES)[number];
type Filled = number | string | null;
type Filter = (input: Filled) => Filled;

/**
 * Compiles `{{ $labels.field }} drifted: {{ $value | printf "%.2f" }}`. Holes take `$labels.<name>`, `$value`,
 * `$baseline`, `$samples` and `$threshold`, and the filters `printf "<format>"` (one verb of %f %e %g %d %s %v with
 * an optional precision), `fixed <digits>` and `percent [<digits>]`. No code, no conditions. Throws a TemplateError
 * for anything else, and for a label that is not among `labelNames`.
 */
export function compileTemplate(source: string, labelNames: readonly string[]): Template {
  const parts: ((context: TemplateContext) => string)[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const text = source.slice(at, open < 0 ? source.length : open);
    if (text !== '') parts.push(() => text);
    if (open < 0) break;
    const close = source.indexOf('}}', open);
    if (close < 0) throw new TemplateError("'{{' is not closed by '}}'", open);
    parts.push(compileHole(source.slice(open + 2, close), open, labelNames));
    at = close + 2;
  }
  return { source, render: (context) => parts.map((part) => part(context)).join('') };
}

function compileHole(
  hole: string,
  offset: number,
  labelNames: readonly string[],
): (context: TemplateContext) => string {
  const [variable = '', ...pipeline] = hole.split('|').map((part) => part.trim());
  const read = compileVariable(variable, offset, labelNames);
  const filters = pipeline.map((filter) => compileFilter(filter, offset));
  return (context) => plain(filters.reduce((value, filter) => filter(value), read(context)));
}

function compileVariable(
  text: string,
  offset: number,
  labelNames: readonly string[],
): (context: TemplateContext) => Filled {
  const label = /^\$labels\.([A-Za-z_]\w*)$/.exec(text)?.[1];
  if (label !== undefined) {
    if (labelNames.includes(label)) return (context) => context.labels[label] ?? '';
    const hint = didYouMean(label, labelNames);
    throw new TemplateError(`there is no label '${label}' here${hint || `; known: ${labelNames.join(', ')}`}`, offset);
  }
  const name = VARIABLES.find((known) => text === `$${known}`);
  if (name !== undefined) return (context) => context[name satisfies Variable];
  const known = ['$labels.<name>', ...VARIABLES.map((one) => `$${one}`)];
  throw new TemplateError(
    `unknown variable '${text}'${didYouMean(text, known) || `; known: ${known.join(', ')}`}`,
    offset,
  );
}

const FILTERS: Readonly<Record<string, (argument: string, offset: number) => Filter>> = {
  printf: (argument, offset) => {
    const format = /^"((?:[^"\\]|\\.)*)"$/.exec(argument)?.[1]?.replaceAll(/\\(.)/g, '$1');
    const verb = format === undefined ? null : /^((?:[^%]|%%)*)%(?:\.(\d{1,2}))?([fegdsv])((?:[^%]|%%)*)$/.exec(format);
    if (!verb)
      throw new TemplateError(
        `printf takes a format with one verb, such as "%.2f", got ${argument || 'nothing'}`,
        offset,
      );
    const [, before = '', digits, kind = 'v', after = ''] = verb;
    const frame = (text: string): string => `${before}${text}${after}`.replaceAll('%%', '%');
    return (input) => frame(formatted(input, kind, digits === undefined ? null : Number(digits)));
  },
  fixed: (argument, offset) => {
    const digits = wholeDigits('fixed', argument, offset);
    return (input) => formatted(input, 'f', digits);
  },
  percent: (argument, offset) => {
    const digits = argument === '' ? 1 : wholeDigits('percent', argument, offset);
    return (input) => (typeof input === 'number' ? `${formatted(input * 100, 'f', digits)} %` : input);
  },
};

function compileFilter(text: string, offset: number): Filter {
  const [, name = '', argument = ''] = /^(\S*)\s*(.*)$/s.exec(text) ?? [];
  const known = Object.keys(FILTERS);
  const make = known.includes(name) ? FILTERS[name] : undefined;
  if (make) return make(argument.trim(), offset);
  throw new TemplateError(
    `unknown filter '${name}'${didYouMean(name, known) || `; known: ${known.join(', ')}`}`,
    offset,
  );
}

function wholeDigits(filter: string, argument: string, offset: number): number {
  if (/^\d{1,2}$/.test(argument)) return Number(argument);
  throw new TemplateError(`${filter} takes a number of digits, got ${argument || 'nothing'}`, offset);
}

function formatted(input: Filled, verb: string, digits: number | null): string {
  if (typeof input !== 'number' || !Number.isFinite(input)) return plain(input);
  switch (verb) {
    case 'f':
      return input.toFixed(digits ?? 6);
    case 'e':
      return input.toExponential(digits ?? 6);
    case 'g':
      return String(digits === null ? input : Number(input.toPrecision(Math.max(1, digits))));
    case 'd':
      return String(Math.trunc(input));
    default:
      return plain(input);
  }
}

function plain(value: Filled): string {
  if (typeof value !== 'number') return value ?? 'no value';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

import type { WindowPlan } from '../baseline/from-windows.ts';
import { timeOfValue } from '../baseline/row-time.ts';
import type { RowTime } from '../baseline/row-windows.ts';
import type { Span } from '../baseline/spans.ts';
import { parseDuration } from '../duration.ts';
import { CollectorError, messageOf } from '../errors.ts';

/** What a baseline is to be made of. */
export type BaselineOrigin =
  | { readonly kind: 'file'; readonly path: string; readonly time: RowTime | undefined; readonly partial: boolean }
  | { readonly kind: 'windows'; readonly plan: WindowPlan };

/** The options that say so. */
export const ORIGIN_OPTIONS = {
  from: { type: 'string' },
  time: { type: 'string' },
  partial: { type: 'boolean' },
  'from-windows': { type: 'boolean' },
  since: { type: 'string' },
  until: { type: 'string' },
  mask: { type: 'string', multiple: true },
  force: { type: 'boolean' },
  window: { type: 'string' },
} as const;

type OriginValues = {
  readonly from?: string | undefined;
  readonly time?: string | undefined;
  readonly partial?: boolean | undefined;
  readonly 'from-windows'?: boolean | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly mask?: string[] | undefined;
  readonly force?: boolean | undefined;
  readonly window?: string | undefined;
};

const OF_FILES = ['time', 'partial'] as const;
const OF_WINDOWS = ['since', 'until', 'mask', 'force'] as const;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Reads the options. @throws {CollectorError} `USAGE`, with every mistake in them. */
export function readOrigin(values: OriginValues, usage: string): BaselineOrigin {
  const mistakes: string[] = [];
  const isWindows = values['from-windows'] === true;
  if (isWindows === (values.from !== undefined)) mistakes.push('expected either --from FILE or --from-windows');
  for (const option of isWindows ? OF_FILES : OF_WINDOWS)
    if (values[option] !== undefined)
      mistakes.push(`--${option} goes with ${isWindows ? '--from' : '--from-windows'} only`);
  const windowMs = readWindow(values.window, mistakes);
  const origin = isWindows ? windowsOrigin(values, windowMs, mistakes) : fileOrigin(values, windowMs, mistakes);
  if (mistakes.length > 0) throw new CollectorError('USAGE', `${mistakes.join('\n')}\nusage: tidemark ${usage}`);
  return origin;
}

function fileOrigin(values: OriginValues, windowMs: number | null, mistakes: string[]): BaselineOrigin {
  const { from: path = '', time: column, partial = false } = values;
  if (column === undefined && windowMs !== null)
    mistakes.push('--window needs --time COLUMN: when was each row of the file?');
  const time = column === undefined ? undefined : { column, windowMs: windowMs ?? HOUR_MS };
  return { kind: 'file', path, time, partial };
}

function windowsOrigin(values: OriginValues, windowMs: number | null, mistakes: string[]): BaselineOrigin {
  const ends = (['since', 'until'] as const).map((option) => readTime(option, values[option], mistakes));
  const [from = Number.NaN, to = Number.NaN] = ends;
  if (from >= to) mistakes.push(`--since: expected a time before --until, got ${values.since} and ${values.until}`);
  const masks = (values.mask ?? []).map((text) => readMask(text, mistakes));
  return { kind: 'windows', plan: { span: { from, to }, masks, windowMs, force: values.force === true } };
}

function readTime(option: string, text: string | undefined, mistakes: string[]): number {
  const time = text === undefined ? null : timeOfValue(text);
  if (time !== null) return time;
  mistakes.push(`--${option}: expected a time such as 2026-03-01 or 2026-03-01T12:00Z, got ${text ?? 'none'}`);
  return Number.NaN;
}

function readMask(text: string, mistakes: string[]): Span {
  const [from, to, ...more] = text.split('..').map(timeOfValue);
  if (typeof from === 'number' && typeof to === 'number' && from < to && more.length === 0) return { from, to };
  mistakes.push(`--mask: expected FROM..UNTIL such as 2026-03-01..2026-03-02T12:00Z, got ${text}`);
  return { from: Number.NaN, to: Number.NaN };
}

function readWindow(text: string | undefined, mistakes: string[]): number | null {
  if (text === undefined) return null;
  try {
    const ms = parseDuration(text);
    if (ms >= MINUTE_MS && ms % MINUTE_MS === 0) return ms;
    mistakes.push(`--window: expected whole minutes such as 15m, 1h or 1d, got ${text}`);
  } catch (error) {
    mistakes.push(`--window: ${messageOf(error)}`);
  }
  return null;
}

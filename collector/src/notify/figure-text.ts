const MINUTE_MS = 60_000;

/** A measured value to four significant digits; whole numbers in full. */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : 'minus infinite';
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}

/** A time (ms) as `2001-03-04 05:00 UTC`, with seconds where there are any. */
export function timeText(time: number): string {
  const text = new Date(time).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, time % MINUTE_MS === 0 ? 16 : 19)} UTC`;
}

/** A length of time (ms) as its two largest units, such as `2 h 15 min`; `0 min` below a minute. */
export function spanText(spanMs: number): string {
  const minutes = Math.max(0, Math.floor(spanMs / MINUTE_MS));
  const parts: [number, string][] = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 min';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

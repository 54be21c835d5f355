const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A leading zero before another digit: a code such as a postcode, not a quantity. */
const CODE = /^[+-]?0\d/;

const WORDS: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['+infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

/** Whether a cell of a CSV file looks like a quantity, `nan` and `inf` included; `00501` does not, though it could be read as one. */
export function isNumberText(text: string): boolean {
  const trimmed = text.trim();
  return (DECIMAL.test(trimmed) && !CODE.test(trimmed)) || WORDS.has(trimmed.toLowerCase());
}

/** The number that a cell of a numeric column stands for; a cell that is none stays text, so that it is counted as of the wrong type. */
export function numberOfText(text: string): number | string {
  const trimmed = text.trim();
  if (DECIMAL.test(trimmed)) return Number(trimmed);
  return WORDS.get(trimmed.toLowerCase()) ?? text;
}

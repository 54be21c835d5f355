import type { SeriesKind } from './model-version.ts';

/**
 * The kind that a value gives to a field that has none: numbers and big integers make it `number`, strings and booleans
 * `category`, arrays and typed arrays of numbers `vector`. Undefined for what is absent or of no kind.
 */
export function kindOf(value: unknown): SeriesKind | undefined {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'number';
    case 'string':
    case 'boolean':
      return 'category';
    case 'object':
      return isNumbers(value) ? 'vector' : undefined;
    default:
      return undefined;
  }
}

/** Whether a value is an array or typed array that begins with a number. */
function isNumbers(value: unknown): boolean {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return false;
  // A DataView has no elements, and typed arrays of big integers have no numbers.
  return typeof (value as ArrayLike<unknown>)[0] === 'number';
}

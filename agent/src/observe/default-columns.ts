import { isName } from '../names.ts';
import type { SessionLike } from './session.ts';
import type { SessionOptions } from './session-options.ts';

// A wider row is an image or an embedding; its values mean little one by one.
const MAX_COLUMNS = 64;

type Metadata = { readonly name?: unknown; readonly isTensor?: unknown; readonly shape?: unknown };

/**
 * What is recorded of a session of which the caller says nothing: inputs whose rows have at most 64 values, as
 * `<input>_0`, `<input>_1`, … (`<input>` where it is one), and the first output, if it is as narrow, as the answer.
 */
export function defaultColumns(session: SessionLike): Pick<SessionOptions, 'features' | 'prediction'> {
  const { inputMetadata, outputMetadata } = session as { inputMetadata?: unknown; outputMetadata?: unknown };
  const features: Record<string, string[]> = Object.create(null);
  const taken = new Set<string>();
  for (const input of session.inputNames) {
    const width = widthOf(inputMetadata, input);
    if (width === undefined) continue;
    const columns = width === 1 ? [input] : Array.from({ length: width }, (_, i) => `${input}_${i}`);
    // Two inputs may come to the same names (`x` of two columns and `x_0`); then the later one is left out.
    if (columns.some((column) => taken.has(column) || !isName(column))) continue;
    for (const column of columns) taken.add(column);
    features[input] = columns;
  }
  const [answer] = session.outputNames;
  if (answer === undefined || widthOf(outputMetadata, answer) === undefined) return { features };
  return { features, prediction: answer };
}

/** Values in a row of a tensor, where its metadata say so and it has at most two dimensions. */
function widthOf(metadata: unknown, name: string): number | undefined {
  const found = Array.isArray(metadata) ? (metadata as Metadata[]).find((entry) => entry?.name === name) : undefined;
  if (found?.isTensor !== true || !Array.isArray(found.shape)) return undefined;
  const { shape } = found as { shape: readonly unknown[] };
  if (shape.length === 0 || shape.length > 2) return undefined;
  const last = shape.at(-1);
  // One dimension that may be of any length is the batch, of single values.
  const width = shape.length === 1 && typeof last !== 'number' ? 1 : last;
  return typeof width === 'number' && width >= 1 && width <= MAX_COLUMNS ? width : undefined;
}

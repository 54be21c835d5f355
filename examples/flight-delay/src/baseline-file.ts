import { open } from 'node:fs/promises';
import { type ModelSession, runBatch } from './batch-run.ts';
import { FEATURE_NAMES, requestOf } from './features.ts';
import type { Flights } from './flights.ts';
import { answerOf } from './serve.ts';

/** Columns of the file: stage, dot, field. */
export const BASELINE_COLUMNS: readonly string[] = [
  'input.origin',
  'input.destination',
  'input.distance',
  ...FEATURE_NAMES.map((name) => `feature.${name}`),
  'prediction.delayed',
  'confidence.value',
];

const BATCH = 8192;

/**
 * Writes the first flights with their features and the answers of the model as CSV, the reference that served traffic is compared with.
 * `features` is row-major, one row for each flight from the first on. Numbers are written in full, so that they read back as the very values that are
 * served. Returns the number of rows.
 */
export async function writeBaselineFile(
  path: string,
  flights: Flights,
  features: Float32Array,
  session: ModelSession,
): Promise<number> {
  const width = FEATURE_NAMES.length;
  const count = features.length / width;
  const file = await open(path, 'w');
  try {
    await file.write(`${BASELINE_COLUMNS.join(',')}\n`);
    for (let start = 0; start < count; start += BATCH) {
      const end = Math.min(start + BATCH, count);
      const rows = features.slice(start * width, end * width);
      const { labels, probabilities } = await runBatch(session, rows, width);
      let lines = '';
      for (let row = start; row < end; row += 1) {
        const { origin, destination, distance } = requestOf(flights, row);
        const { delayed, confidence } = answerOf(probabilities[row - start]!, labels[row - start] === 1n);
        lines += `${origin},${destination},${distance}`;
        for (let column = (row - start) * width; column < (row - start + 1) * width; column += 1)
          lines += `,${rows[column]}`;
        lines += `,${delayed},${confidence}\n`;
      }
      await file.write(lines);
    }
  } finally {
    await file.close();
  }
  return count;
}

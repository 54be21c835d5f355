import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CollectorError, messageOf } from '../errors.ts';
import type { ReadTold } from './read-file.ts';

/** Bytes in one line: past this it is no file of lines at all. */
const MAX_LINE_BYTES = 1 << 20;
const LINE_FEED = 0x0a;

/** A line without its end; `number` counts from 1. */
export type FileLine = { readonly number: number; readonly text: string };

/**
 * The lines of a UTF-8 file that are not blank, one by one, a byte order mark left out. Throws BASELINE_INVALID, naming
 * the line, for one longer than 1 MiB or not UTF-8, and where the file cannot be read. `told` hears of each block read.
 */
export async function* fileLines(path: string, told: ReadTold): AsyncGenerator<FileLine> {
  let number = 0;
  for await (const bytes of rawLines(path, told)) {
    number++;
    if (bytes === null)
      throw invalid(path, number, `expected a line of at most ${MAX_LINE_BYTES} bytes, got a longer one`);
    if (!isUtf8(bytes)) throw invalid(path, number, 'expected UTF-8, got bytes that are none');
    const text = number === 1 ? bytes.toString().replace(/^\ufeff/, '') : bytes.toString();
    if (text.trim() !== '') yield { number, text };
  }
}

/** The error for a line of a file that is not as it has to be. */
export function invalid(path: string, line: number, text: string, cause?: unknown): CollectorError {
  return new CollectorError('BASELINE_INVALID', `${path}:${line}: ${text}`, { cause });
}

/** Lines as bytes; null for one that is too long, which is not held any longer. */
async function* rawLines(path: string, told: ReadTold): AsyncGenerator<Buffer | null> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const block of blocksOf(path, told)) {
    let start = 0;
    for (let end = block.indexOf(LINE_FEED); end >= 0; end = block.indexOf(LINE_FEED, start)) {
      const tail = block.subarray(start, end);
      yield restBytes + tail.length > MAX_LINE_BYTES ? null : Buffer.concat([...rest, tail]);
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    rest.push(block.subarray(start));
    restBytes += block.length - start;
    if (restBytes > MAX_LINE_BYTES) {
      yield null;
      return;
    }
  }
  if (restBytes > 0) yield Buffer.concat(rest);
}

async function* blocksOf(path: string, told: ReadTold): AsyncGenerator<Buffer> {
  try {
    const { size } = await stat(path);
    const file = createReadStream(path, { highWaterMark: 1 << 18 });
    for await (const block of file as AsyncIterable<Buffer>) {
      yield block;
      told(Math.min(1, file.bytesRead / size));
    }
  } catch (cause) {
    throw new CollectorError('BASELINE_INVALID', `${path}: ${messageOf(cause)}`, { cause });
  }
}

import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { CollectorError, messageOf } from '../../errors.ts';

/** Longer than any row that is stored: a batch has 4 MiB, and bytes are written in hex. What is longer is no file of ours. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * Writes lines, gzipped, readable by their owner alone. Under its good name the file appears whole, and on the disk, or not at all.
 * @throws what `chunks` threw, the reason of the signal, or {CollectorError} `EXPORT_FAILED` where the disk refuses; then nothing is left.
 */
export async function writeLines(
  file: string,
  chunks: AsyncIterable<string>,
  signal?: AbortSignal,
): Promise<{ readonly bytes: number }> {
  const partial = `${file}.partial-${process.pid}`;
  const output = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
  try {
    // The lowest level: a third of the time of the usual one, for a tenth more bytes of digests (measured on 72 MB of them).
    await pipeline(chunks, createGzip({ level: 1 }), output, signal === undefined ? {} : { signal });
    await rename(partial, file);
    return { bytes: output.bytesWritten };
  } catch (error) {
    await rm(partial, { force: true });
    if (signal?.aborted === true) throw signal.reason;
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    const text = `cannot write ${file}: ${messageOf(error)}. Nothing was left there; choose a place that can be written and has room.`;
    throw new CollectorError('EXPORT_FAILED', text, { cause: error });
  }
}

/**
 * Reads the lines of such a file one by one, without their line ends.
 * @throws {Error} where it cannot be read, is not gzip, ends too early or has a line longer than 64 MiB.
 */
export async function* readLines(file: string): AsyncGenerator<Buffer, void, void> {
  const gunzip = createGunzip();
  const reading = pipeline(createReadStream(file), gunzip);
  // Whatever goes wrong there is thrown by the loop below.
  reading.catch(() => undefined);
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const tail = chunk.subarray(start, end);
      yield rest.length === 0 ? tail : Buffer.concat([...rest, tail]);
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > MAX_LINE_BYTES) throw new Error(`a line is longer than ${MAX_LINE_BYTES} bytes`);
  }
  if (restBytes > 0) throw new Error('the last line has no end');
}

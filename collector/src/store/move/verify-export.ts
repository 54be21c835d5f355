import { createHash } from 'node:crypto';
import { CollectorError, messageOf } from '../../errors.ts';
import { type ExportEnd, type ExportHeader, FORMAT, FORMAT_VERSION } from './export-format.ts';
import { readLines } from './line-file.ts';

const ROW = '['.charCodeAt(0);
const NEW_LINE = Buffer.from('\n');

/** What a whole file says of itself. */
export type VerifiedExport = { readonly header: ExportHeader; readonly end: ExportEnd['end'] };

/**
 * Reads a file from its beginning to its end and holds it against its own checksum and counts.
 * @throws {CollectorError} `EXPORT_INVALID` for a file of something else, of a newer program, damaged or cut off.
 */
export async function verifyExport(file: string): Promise<VerifiedExport> {
  try {
    return await verify(file);
  } catch (error) {
    if (error instanceof CollectorError) throw error;
    const text = `${file} is no whole export of a store: ${messageOf(error)}. Use another copy of it, or export again.`;
    throw new CollectorError('EXPORT_INVALID', text, { cause: error });
  }
}

async function verify(file: string): Promise<VerifiedExport> {
  const hash = createHash('sha256');
  const counts = new Map<string, number>();
  let header: ExportHeader | undefined;
  let end: ExportEnd['end'] | undefined;
  let table = '';
  for await (const line of readLines(file)) {
    if (end !== undefined) throw new Error('it goes on after its end');
    if (line[0] === ROW) {
      counts.set(table, (counts.get(table) ?? 0) + 1);
    } else {
      const mark = JSON.parse(line.toString()) as Partial<ExportEnd & { table: string }>;
      if (header === undefined) header = checkHeader(mark, file);
      else if (mark.table !== undefined) table = mark.table;
      else end = mark.end;
    }
    if (end === undefined) hash.update(line).update(NEW_LINE);
  }
  if (header === undefined || end === undefined) throw new Error('its end is missing');
  if (end.sha256 !== hash.digest('hex')) throw new Error('its checksum does not agree with what is in it');
  for (const { name } of header.tables) {
    if (end.rows[name] !== (counts.get(name) ?? 0)) {
      throw new Error(`expected ${end.rows[name]} rows of ${name}, got ${counts.get(name) ?? 0}`);
    }
  }
  return { header, end };
}

function checkHeader(line: object, file: string): ExportHeader {
  const header = line as Partial<ExportHeader>;
  if (header.format !== FORMAT) throw new Error(`its first line does not say ${FORMAT}`);
  if (header.format_version === FORMAT_VERSION) return header as ExportHeader;
  const text = `${file} has form ${header.format_version}, this program reads form ${FORMAT_VERSION}. Import it with the program that wrote it, or a newer one.`;
  throw new CollectorError('EXPORT_INVALID', text);
}

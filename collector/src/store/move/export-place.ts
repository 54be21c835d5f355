import { access, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CollectorError, messageOf } from '../../errors.ts';

const SUFFIX = '.tidemark.gz';

/**
 * The file to write: `place` itself, or one named after the moment `now` (ms) where that is a directory.
 * @throws {CollectorError} `USAGE` where it is there already.
 */
export async function placeForExport(place: string, now: number): Promise<string> {
  const moment = new Date(now).toISOString().replaceAll(':', '-').slice(0, 19);
  const file = (await isDirectory(place)) ? join(place, `export-${moment}Z${SUFFIX}`) : place;
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new CollectorError('USAGE', `${file} is there already and is not overwritten: choose another name`);
  return file;
}

/**
 * The file to read: `place` itself, or the only export in it where that is a directory.
 * @throws {CollectorError} `USAGE` where there is none or more than one.
 */
export async function findExport(place: string): Promise<string> {
  if (!(await isDirectory(place))) {
    await access(place).catch((error: unknown) => {
      throw new CollectorError('USAGE', `cannot read ${place}: ${messageOf(error)}`, { cause: error });
    });
    return place;
  }
  const names = (await readdir(place)).filter((name) => name.endsWith(SUFFIX));
  const [only, ...others] = names.sort();
  if (only !== undefined && others.length === 0) return join(place, only);
  const found = only === undefined ? 'none' : names.join(', ');
  throw new CollectorError('USAGE', `expected one file *${SUFFIX} in ${place}, got ${found}: name the file itself`);
}

function isDirectory(place: string): Promise<boolean> {
  return stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

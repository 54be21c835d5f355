import { didYouMean } from '../near-name.ts';

/** A complaint about something in the file: where, and what. */
export type Complain = (path: readonly (string | number)[], message: string, part?: 'key' | 'value') => void;

/** Complains where a name was there before, and remembers it. */
export function refuseTwice(
  names: Set<string>,
  name: string | null,
  what: string,
  path: readonly (string | number)[],
  complain: Complain,
): void {
  if (name === null) return;
  if (names.has(name)) complain(path, `there are two of the ${what} '${name}'; names must differ`);
  names.add(name);
}

/** A hint for a name that is not among the known ones. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const list = known.length === 0 ? 'none is defined' : `known: ${known.join(', ')}`;
  return `there is no ${what} '${name}'${didYouMean(name, known) || `; ${list}`}`;
}

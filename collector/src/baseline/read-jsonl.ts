import { CollectorError, messageOf } from '../errors.ts';
import { fileLines, invalid } from './file-lines.ts';
import { isVector } from './is-vector.ts';
import type { ColumnChunk, ColumnFile, ReadTold } from './read-file.ts';

/** Rows held at a time, and characters of their lines. */
const ROWS = 4096;
const CHARACTERS = 1 << 24;

/** Names in one file: past this, keys are not names but data. */
const MAX_COLUMNS = 10_000;

/** Objects within objects: past this, nobody meant them as columns. */
const MAX_DEPTH = 32;

/** What is known of a name: whether a value of it can be summarised, and whether it has been an object or another list than of numbers. */
type Seen = { line: number; single: boolean; nested: boolean };

/**
 * Opens a file of JSON Lines: an object on each line. An object within one gives columns named with a dot
 * (`{"input": {"origin": "ATL"}}` is `input.origin`), a name that is absent is null, a list of numbers is a vector, any other
 * list is of the wrong type, and what is only ever such a list is no column. Such a file names no columns ahead, and one
 * can come late, so the whole of it is read to know them.
 */
export async function openJsonl(path: string, told: ReadTold): Promise<ColumnFile> {
  const seen = new Map<string, Seen>();
  let rows = 0;
  for await (const { number, object } of objectsOf(path, told)) {
    rows++;
    for (const [name, value] of fieldsOf(path, number, object)) note(path, seen, number, name, value);
  }
  if (rows === 0) throw new CollectorError('BASELINE_INVALID', `${path} is empty: expected a JSON object on each line`);
  const columns = [...seen].filter(([, { single, nested }]) => single || !nested).map(([name]) => name);
  if (columns.length === 0) throw new CollectorError('BASELINE_INVALID', `${path} has no names with values`);
  return { path, columns, hasVectors: true, chunks: (wanted) => chunksOf(path, wanted ?? columns, told) };
}

function note(path: string, seen: Map<string, Seen>, line: number, name: string, value: unknown): void {
  let known = seen.get(name);
  if (known === undefined) {
    if (seen.size === MAX_COLUMNS)
      throw invalid(path, line, `expected at most ${MAX_COLUMNS} names in a file, got more`);
    known = { line: 0, single: false, nested: false };
    seen.set(name, known);
  }
  if (isObject(value) || (Array.isArray(value) && !isVector(value))) known.nested = true;
  else if (value !== null) known.single = true;
  // An object passes for itself here and for what is in it, so only what is no object can be there twice.
  if (isObject(value)) return;
  if (known.line === line) throw invalid(path, line, `the name '${name}' stands there twice`);
  known.line = line;
}

async function* chunksOf(path: string, wanted: readonly string[], told: ReadTold): AsyncGenerator<ColumnChunk> {
  const places = new Map(wanted.map((column, place) => [column, place]));
  let held: unknown[][] = wanted.map(() => []);
  let characters = 0;
  let firstRow = 0;
  let row = 0;
  for await (const { number, object, length } of objectsOf(path, told)) {
    for (const values of held) values.push(null);
    for (const [name, value] of fieldsOf(path, number, object)) {
      const place = places.get(name);
      if (place !== undefined && !isObject(value)) held[place]![row - firstRow] = value;
    }
    row++;
    characters += length;
    if (row - firstRow === ROWS || characters > CHARACTERS) {
      for (const [place, column] of wanted.entries()) yield { column, firstRow, values: held[place]! };
      held = wanted.map(() => []);
      characters = 0;
      firstRow = row;
    }
  }
  if (row > firstRow) for (const [place, column] of wanted.entries()) yield { column, firstRow, values: held[place]! };
}

async function* objectsOf(path: string, told: ReadTold) {
  for await (const { number, text } of fileLines(path, told)) {
    let object: unknown;
    try {
      object = JSON.parse(text);
    } catch (cause) {
      throw invalid(path, number, `expected a JSON object such as {"age": 41}: ${messageOf(cause)}`, cause);
    }
    if (!isObject(object)) {
      const got = Array.isArray(object) ? 'a list' : object === null ? 'null' : `a ${typeof object}`;
      throw invalid(path, number, `expected a JSON object such as {"age": 41}, got ${got}`);
    }
    yield { number, object, length: text.length };
  }
}

/** Names and values of an object, and behind the name of an object within it those that are in there. */
function* fieldsOf(path: string, line: number, object: object, prefix = '', depth = 1): Generator<[string, unknown]> {
  if (depth > MAX_DEPTH)
    throw invalid(path, line, `expected objects nested at most ${MAX_DEPTH} deep, got deeper ones`);
  for (const [key, value] of Object.entries(object)) {
    const name = prefix + key;
    if (name === '') throw invalid(path, line, 'expected a name, got an empty one');
    yield [name, value];
    if (isObject(value)) yield* fieldsOf(path, line, value, `${name}.`, depth + 1);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

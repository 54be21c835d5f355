import type { TSchema } from 'typebox';
import { didYouMean } from './near-name.ts';

/** One way in which a value breaks its schema. `at` says whether the key or the value at the path is to blame. */
export type SchemaMistake = {
  readonly path: readonly (string | number)[];
  readonly at: 'key' | 'value';
  readonly message: string;
};

/** The part of JSON Schema that configuration files of this package use; TypeBox builds plain objects of this shape. */
type Schema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly minProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  /** What the value is, in words, for messages: `a duration such as 15m`. Ours, not JSON Schema's. */
  readonly expected?: string;
  /** Whether the value is a secret, to be kept out of messages. Ours, too. */
  readonly hidden?: boolean;
};

type Path = readonly (string | number)[];

/**
 * Every mistake of a value against a schema, in the words of the file's author. TypeBox's own errors stop after a
 * few and list each branch of a union; here all are found at once and unions of constants become one list of
 * allowed values. Callers still ask TypeBox for the last word, so a keyword unknown here cannot slip through.
 */
export function schemaMistakes(schema: TSchema, value: unknown): SchemaMistake[] {
  const found: SchemaMistake[] = [];
  walk(schema as Schema, value, [], found);
  return found;
}

function walk(schema: Schema, value: unknown, path: Path, found: SchemaMistake[]): void {
  const allowed = allowedConstants(schema);
  if (allowed !== null) checkConstant(schema, allowed, value, path, found);
  else if (schema.anyOf) walkUnion(schema, schema.anyOf, value, path, found);
  else if (schema.type !== undefined && !hasType(schema.type, value)) found.push(wrongType(schema, value, path));
  else if (Array.isArray(value)) walkArray(schema, value, path, found);
  else if (typeof value === 'object' && value !== null) walkObject(schema, value, path, found);
  else if (typeof value === 'string') checkString(schema, value, path, found);
  else if (typeof value === 'number') checkNumber(schema, value, path, found);
}

function allowedConstants(schema: Schema): readonly unknown[] | null {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum) return schema.enum;
  if (schema.anyOf?.every((branch) => branch.const !== undefined)) return schema.anyOf.map((branch) => branch.const);
  return null;
}

function checkConstant(
  schema: Schema,
  allowed: readonly unknown[],
  value: unknown,
  path: Path,
  found: SchemaMistake[],
): void {
  if (allowed.includes(value)) return;
  const names = allowed.filter((one) => typeof one === 'string');
  const list = allowed.length === 1 ? `${allowed[0]}` : `one of ${allowed.join(', ')}`;
  const hint = typeof value === 'string' ? didYouMean(value, names) : '';
  found.push({ path, at: 'value', message: `expected ${schema.expected ?? list}, got ${shown(value)}${hint}` });
}

/** The branch whose type fits the value speaks; where none fits, the union names what it takes. */
function walkUnion(
  schema: Schema,
  branches: readonly Schema[],
  value: unknown,
  path: Path,
  found: SchemaMistake[],
): void {
  const fitting = branches.filter((branch) => branch.type === undefined || hasType(branch.type, value));
  let fewest: SchemaMistake[] | null = null;
  for (const branch of fitting) {
    const mistakes: SchemaMistake[] = [];
    walk(branch, value, path, mistakes);
    if (mistakes.length === 0) return;
    if (fewest === null || mistakes.length < fewest.length) fewest = mistakes;
  }
  if (fewest !== null && schema.expected === undefined) found.push(...fewest);
  else
    found.push(wrongType({ ...schema, expected: schema.expected ?? branches.map(inWords).join(' or ') }, value, path));
}

function walkArray(schema: Schema, values: readonly unknown[], path: Path, found: SchemaMistake[]): void {
  if (schema.minItems !== undefined && values.length < schema.minItems) {
    found.push({
      path,
      at: 'value',
      message: `expected at least ${schema.minItems} in this list, got ${values.length}`,
    });
  }
  if (schema.items) for (const [index, value] of values.entries()) walk(schema.items, value, [...path, index], found);
}

function walkObject(schema: Schema, value: object, path: Path, found: SchemaMistake[]): void {
  const known = schema.properties ?? {};
  for (const [key, inner] of Object.entries(value)) {
    const own = Object.hasOwn(known, key) ? known[key] : patternFor(schema, key);
    if (own) walk(own, inner, [...path, key], found);
    else if (typeof schema.additionalProperties === 'object')
      walk(schema.additionalProperties, inner, [...path, key], found);
    else if (schema.additionalProperties === false)
      found.push({ path: [...path, key], at: 'key', message: unknownKey(schema, key) });
  }
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) found.push({ path, at: 'value', message: `'${key}' is missing here` });
  }
  if (schema.minProperties !== undefined && Object.keys(value).length < schema.minProperties) {
    found.push({ path, at: 'value', message: `expected at least ${schema.minProperties} key here` });
  }
}

function patternFor(schema: Schema, key: string): Schema | undefined {
  return Object.entries(schema.patternProperties ?? {}).find(([pattern]) => new RegExp(pattern).test(key))?.[1];
}

function unknownKey(schema: Schema, key: string): string {
  const known = Object.keys(schema.properties ?? {});
  if (known.length === 0) return `the name '${key}' is not allowed here: letters, digits and _ only, a letter first`;
  const hint = didYouMean(key, known);
  return `unknown key '${key}'${hint === '' ? `; known here: ${known.join(', ')}` : hint}`;
}

function checkString(schema: Schema, value: string, path: Path, found: SchemaMistake[]): void {
  const fits =
    (schema.pattern === undefined || new RegExp(schema.pattern).test(value)) &&
    value.length >= (schema.minLength ?? 0) &&
    value.length <= (schema.maxLength ?? Number.POSITIVE_INFINITY);
  if (!fits)
    found.push({
      path,
      at: 'value',
      message: `expected ${schema.expected ?? limits(schema)}, got ${schema.hidden ? 'another text' : shown(value)}`,
    });
}

function limits(schema: Schema): string {
  if (schema.pattern !== undefined) return `text of the form ${schema.pattern}`;
  if (schema.minLength === 1 && schema.maxLength === undefined) return 'a text that is not empty';
  return `a text of ${schema.minLength ?? 0} to ${schema.maxLength ?? 'any number of'} characters`;
}

function checkNumber(schema: Schema, value: number, path: Path, found: SchemaMistake[]): void {
  const bounds: [number | undefined, string, (limit: number) => boolean][] = [
    [schema.minimum, '>=', (limit) => value >= limit],
    [schema.maximum, '<=', (limit) => value <= limit],
    [schema.exclusiveMinimum, '>', (limit) => value > limit],
    [schema.exclusiveMaximum, '<', (limit) => value < limit],
  ];
  for (const [limit, sign, holds] of bounds) {
    if (limit === undefined || holds(limit)) continue;
    found.push({ path, at: 'value', message: `expected a number ${sign} ${limit}, got ${value}` });
  }
}

function hasType(type: string, value: unknown): boolean {
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'null') return value === null;
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  return typeof value === type;
}

function wrongType(schema: Schema, value: unknown, path: Path): SchemaMistake {
  return { path, at: 'value', message: `expected ${inWords(schema)}, got ${shown(value)}` };
}

function inWords(schema: Schema): string {
  if (schema.expected !== undefined) return schema.expected;
  const words: Record<string, string> = {
    object: 'a mapping (key: value)',
    array: 'a list',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    string: 'a text',
    null: 'nothing',
  };
  return words[schema.type ?? ''] ?? 'something else';
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = String(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return typeof value === 'string' ? `'${short}'` : short;
}

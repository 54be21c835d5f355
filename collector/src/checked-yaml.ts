import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from './errors.ts';
import { schemaMistakes } from './schema-mistakes.ts';

/** One mistake in a file, at a line and column that count from 1. `path` is dotted, such as `groups[0].rules[2].fire`. */
export type Mistake = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
};

/** A way into the document: keys and list indexes from the top. */
export type YamlPath = readonly (string | number)[];

/** Where something stands in the file; both count from 1. */
export type Position = { readonly line: number; readonly column: number };

/** Finds the key or the value (the default) at a path, or the nearest thing above it that is there. */
export type PositionOf = (path: YamlPath, part?: 'key' | 'value') => Position;

/** A file that keeps its schema, with the means to point into it, or everything that is wrong with it. */
export type CheckedYaml<T> =
  | { readonly ok: true; readonly value: T; readonly positionOf: PositionOf }
  | {
      readonly ok: false;
      readonly mistakes: readonly Mistake[];
      readonly value?: unknown;
      readonly positionOf?: PositionOf;
    };

/**
 * Reads YAML and checks it against a TypeBox schema. All mistakes come back at once, each with its line: syntax
 * errors alone where there are any (nothing after them can be trusted), else unknown keys with the name that was
 * probably meant, wrong types, missing keys, values out of range. Where the syntax was sound, the unchecked value
 * comes along, so that a caller can add what else it sees.
 */
export function parseYaml<S extends TSchema>(text: string, schema: S, fileName: string): CheckedYaml<Static<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  if (document.errors.length > 0) {
    const mistakes = document.errors.map((error) => {
      const at = lines.linePos(error.pos[0]);
      return { file: fileName, line: at.line, column: at.col, path: '', message: syntaxMessage(error.message) };
    });
    return { ok: false, mistakes };
  }
  const positionOf = pointInto(document, lines);
  const read = toPlain(document);
  if (!read.ok) return { ok: false, mistakes: [mistakeAt(fileName, positionOf, [], read.message)] };
  const mistakes = schemaMistakes(schema, read.value).map((one) =>
    mistakeAt(fileName, positionOf, one.path, one.message, one.at),
  );
  if (mistakes.length === 0 && !Value.Check(schema, read.value)) {
    for (const error of Value.Errors(schema, read.value)) {
      const path = error.instancePath
        .split('/')
        .slice(1)
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
      mistakes.push(mistakeAt(fileName, positionOf, path, error.message));
    }
  }
  if (mistakes.length > 0) return { ok: false, mistakes: inFileOrder(mistakes), value: read.value, positionOf };
  return { ok: true, value: read.value as Static<S>, positionOf };
}

/** A mistake found by a later check, at the place of a path. */
export function mistakeAt(
  file: string,
  positionOf: PositionOf,
  path: YamlPath,
  message: string,
  part: 'key' | 'value' = 'value',
): Mistake {
  return { file, ...positionOf(path, part), path: pathText(path), message };
}

/** The mistakes in the order in which a reader meets them. */
export function inFileOrder(mistakes: readonly Mistake[]): Mistake[] {
  return [...mistakes].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** One line a mistake, as compilers print them: `rules.yaml:12:9 groups[0].rules[1].fire: expected …`. */
export function formatMistakes(mistakes: readonly Mistake[]): string {
  return mistakes
    .map((one) => `${one.file}:${one.line}:${one.column} ${one.path === '' ? '' : `${one.path}: `}${one.message}`)
    .join('\n');
}

function toPlain(document: Document.Parsed): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    // 100 aliases are the library's own guard against a file that unfolds into gigabytes.
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) ?? {} };
  } catch (error) {
    return { ok: false, message: withoutQuote(messageOf(error)) };
  }
}

function pointInto(document: Document.Parsed, lines: LineCounter): PositionOf {
  return (path, part = 'value') => {
    let node: unknown = document.contents;
    let offset = startOf(node);
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document);
      const wantKey = part === 'key' && depth === path.length - 1;
      let next: unknown = null;
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
        if (!pair) break;
        next = wantKey || pair.value === null ? pair.key : pair.value;
      } else if (isSeq(node)) next = node.items[Number(step)];
      if (next === null || next === undefined) break;
      node = next;
      offset = startOf(node) ?? offset;
    }
    const at = lines.linePos(offset ?? 0);
    return { line: Math.max(1, at.line), column: Math.max(1, at.col) };
  };
}

function startOf(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}

/** A path as it is written: `groups[0].rules[1].fire`. */
export function pathText(path: YamlPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

function syntaxMessage(message: string): string {
  const first = message.split('\n', 1)[0] ?? message;
  // `fire: > 0.25` is the mistake everybody makes once, and the parser's own words do not say so.
  const isUnquoted = first.startsWith('Block scalar header') || first.startsWith('Not a YAML token');
  const told = withoutQuote(first);
  return isUnquoted ? `${told} (a text that begins with > or | must stand in quotes)` : told;
}

/** The parser quotes the file behind a colon, or names a tag of it: what stands there may be a secret. */
function withoutQuote(message: string): string {
  return message
    .replace(/(?<=\S): .*$/s, '')
    .replace(/\bso \S+ is invalid/, 'so this one is invalid')
    .replace(/^The \S+ tag/, 'The tag');
}

import { basename } from 'node:path';
import { optionsInvalid } from '../errors.ts';
import type { FieldSchema, ModelOptions } from '../model-options.ts';
import { isName } from '../names.ts';
import { describeOnnx, type OnnxDescription } from './onnx-file.ts';

/** Options of `onnxModel`: those of a model, of which the file gives what is left out, and the columns of its inputs. */
export type OnnxModelOptions = Partial<Omit<ModelOptions, 'artifactSha256'>> & {
  /** Column names by position, by the name of the input, as for `wrapSession`: each becomes a declared field. */
  readonly features?: Readonly<Record<string, readonly string[]>>;
};

/** Digits of the hash that a version is called by. */
const VERSION_DIGITS = 12;
const CATEGORIES = new Set(['string', 'bool']);

/**
 * Options for `createAgent({ model })` from an ONNX file: its SHA-256 and, where they are not given, its name (that of
 * the graph, else of the file) and version (the first 12 digits of the hash); who wrote it and for which operators, as
 * tags; and a schema for the columns in `features`.
 * @param model the path of a file, or its bytes.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, by rejection: the file is no model, or has no such inputs or columns.
 */
export async function onnxModel(model: string | Uint8Array, options: OnnxModelOptions = {}): Promise<ModelOptions> {
  const reading = await describeOnnx(model);
  if (!reading.ok) {
    const got = `${reading.reason}: ${reading.message}`;
    throw optionsInvalid('onnxModel', [{ option: 'model', expected: 'a readable ONNX file', got }]);
  }
  const { description } = reading;
  const { features = {}, fields = [], tags = {}, ...rest } = options;
  const given = new Set(fields.map(({ stage, field }) => `${stage}/${field}`));
  const declared = schemaOf(description, features).filter(({ stage, field }) => !given.has(`${stage}/${field}`));
  return {
    ...rest,
    name: options.name ?? nameOf(description, model),
    version: options.version ?? description.sha256.slice(0, VERSION_DIGITS),
    artifactSha256: description.sha256,
    tags: { ...tagsOf(description), ...tags },
    fields: [...fields, ...declared],
  };
}

function nameOf({ graphName }: OnnxDescription, model: string | Uint8Array): string {
  if (isName(graphName)) return graphName;
  const file = typeof model === 'string' ? basename(model, '.onnx') : '';
  return isName(file) ? file : 'onnx';
}

/** What a tag cannot hold is left out. */
function tagsOf({ producer, opset }: OnnxDescription): Record<string, string> {
  const operators = Object.entries(opset).map(([domain, version]) => `${domain} ${version}`);
  const tags = { 'onnx.producer': producer, 'onnx.opset': operators.join(', ') };
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => isName(value)));
}

function schemaOf({ inputs }: OnnxDescription, features: Readonly<Record<string, readonly string[]>>): FieldSchema[] {
  const mistakes = [];
  const fields: FieldSchema[] = [];
  for (const [name, columns] of Object.entries(features)) {
    const option = `features.${name}`;
    const input = inputs.find((one) => one.name === name);
    if (input === undefined) {
      const expected = `one of the inputs ${inputs.map((one) => one.name).join(', ')}`;
      mistakes.push({ option, expected, got: name });
      continue;
    }
    const width = widthOf(input.shape);
    if (width !== undefined && width !== columns.length) {
      mistakes.push({ option, expected: `${width} names, one a column`, got: `${columns.length}` });
    }
    const kind = CATEGORIES.has(input.type) ? 'category' : 'number';
    for (const field of columns) fields.push({ stage: 'feature', field, kind });
  }
  if (mistakes.length > 0) throw optionsInvalid('onnxModel', mistakes);
  return fields;
}

/** Columns of an input that has a fixed number of them. */
function widthOf(shape: readonly (number | string)[] | undefined): number | undefined {
  if (shape === undefined || shape.length < 2) return undefined;
  let width = 1;
  for (const size of shape.slice(1)) {
    if (typeof size !== 'number' || size < 0) return undefined;
    width *= size;
  }
  return width;
}

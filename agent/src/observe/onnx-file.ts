import { createHash } from 'node:crypto';
import { type ByteSource, fileSource, memorySource } from './onnx-bytes.ts';
import { WireFault, type WireField, WireReader } from './onnx-wire.ts';

/** One input or output. `shape` has names for dimensions that are open, '' where one has none; none for what is no tensor. */
export type OnnxValue = {
  readonly name: string;
  /** As the runtime names element types (`float32`), or `sequence`, `map`, `optional`, `unknown`. */
  readonly type: string;
  readonly shape: readonly (number | string)[] | undefined;
};

/** What an ONNX file says of itself. */
export type OnnxDescription = {
  /** Of the whole file, lower-case hex. */
  readonly sha256: string;
  /** Name and version of what wrote it; may be empty. */
  readonly producer: string;
  readonly irVersion: number;
  /** Version of each operator set by its domain, `ai.onnx` for the standard one. */
  readonly opset: Readonly<Record<string, number>>;
  readonly graphName: string;
  readonly modelVersion: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Without those that have a value of their own. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
};

/** A description, or why there is none: the file cannot be read, or is no ONNX model. */
export type OnnxReading =
  | { readonly ok: true; readonly description: OnnxDescription }
  | { readonly ok: false; readonly reason: 'unreadable' | 'not-onnx'; readonly message: string };

// Field numbers and element types: onnx/onnx.proto of ONNX 1.16, and float4e2m1 of 1.18.
const MODEL = {
  irVersion: 1,
  producer: 2,
  producerVersion: 3,
  modelVersion: 5,
  graph: 7,
  opset: 8,
  metadata: 14,
} as const;
const GRAPH = { name: 2, initializer: 5, input: 11, output: 12 } as const;
const TENSOR_NAME = 8;
const TYPES = [
  ['unknown', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool', 'float16', 'float64'],
  ['uint32', 'uint64', 'complex64', 'complex128', 'bfloat16', 'float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2'],
  ['float8e5m2fnuz', 'uint4', 'int4', 'float4e2m1'],
].flat();
const NO_TENSORS: Readonly<Record<number, string>> = { 4: 'sequence', 5: 'map', 8: 'sparse', 9: 'optional' };

const CHUNK = 1024 * 1024;
// More of a kind than any model has; beyond, a file is no model but an attempt.
const MAX_VALUES = 10_000;
const MAX_ENTRIES = 1_000;

/**
 * Reads what an ONNX file says of itself, piece by piece: weights are passed over. Never throws or rejects: what is no
 * model is answered as that.
 * @param model the path of a file, or its bytes.
 */
export async function describeOnnx(model: string | Uint8Array): Promise<OnnxReading> {
  let source: ByteSource | undefined;
  try {
    source = typeof model === 'string' ? await fileSource(model) : memorySource(model);
    const description = { ...(await readModel(new WireReader(source), source.size)), sha256: await hashOf(source) };
    return { ok: true, description };
  } catch (error) {
    const reason = error instanceof WireFault ? 'not-onnx' : 'unreadable';
    return { ok: false, reason, message: error instanceof Error ? error.message : String(error) };
  } finally {
    // Nothing was written, so there is nothing that a failed close could lose.
    await source?.close().catch(() => {});
  }
}

async function hashOf(source: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < source.size; ) {
    const bytes = await source.read(at, CHUNK);
    if (bytes.length === 0) throw new Error('the file became shorter while it was read');
    hash.update(bytes);
    at += bytes.length;
  }
  return hash.digest('hex');
}

async function readModel(wire: WireReader, size: number): Promise<Omit<OnnxDescription, 'sha256'>> {
  const producer = ['', ''];
  const opset: [string, number][] = [];
  const metadata: [string, string][] = [];
  let irVersion = 0;
  let modelVersion = 0;
  let graph: Graph | undefined;
  for await (const field of wire.fields(0, size)) {
    if (field.number === MODEL.irVersion) irVersion = wire.whole(field);
    else if (field.number === MODEL.producer) producer[0] = await wire.text(field);
    else if (field.number === MODEL.producerVersion) producer[1] = await wire.text(field);
    else if (field.number === MODEL.modelVersion) modelVersion = wire.whole(field);
    else if (field.number === MODEL.graph) graph = await readGraph(wire, field);
    else if (field.number === MODEL.opset) push(opset, await readOpset(wire, field), MAX_ENTRIES);
    else if (field.number === MODEL.metadata) push(metadata, await readEntry(wire, field), MAX_ENTRIES);
  }
  // Any text may pass for a message of unknown fields; no model is without a graph and the version of its form.
  if (graph === undefined || irVersion < 1) throw new WireFault('no graph, or no IR version');
  const named = { graphName: graph.name, inputs: graph.inputs, outputs: graph.outputs };
  return {
    producer: producer.filter((part) => part !== '').join(' '),
    irVersion,
    opset: Object.fromEntries(opset),
    modelVersion,
    metadata: Object.fromEntries(metadata),
    ...named,
  };
}

type Graph = { readonly name: string; readonly inputs: readonly OnnxValue[]; readonly outputs: readonly OnnxValue[] };

async function readGraph(wire: WireReader, graph: WireField): Promise<Graph> {
  let name = '';
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const valued = new Set<string>();
  for await (const field of wire.message(graph)) {
    if (field.number === GRAPH.name) name = await wire.text(field);
    else if (field.number === GRAPH.input) push(inputs, await readValue(wire, field), MAX_VALUES);
    else if (field.number === GRAPH.output) push(outputs, await readValue(wire, field), MAX_VALUES);
    else if (field.number === GRAPH.initializer) {
      for await (const part of wire.message(field)) if (part.number === TENSOR_NAME) valued.add(await wire.text(part));
    }
  }
  return { name, inputs: inputs.filter((input) => !valued.has(input.name)), outputs };
}

/** ValueInfoProto { name = 1, type = 2 }, TypeProto { tensor_type = 1 { elem_type = 1, shape = 2 } }. */
async function readValue(wire: WireReader, value: WireField): Promise<OnnxValue> {
  let name = '';
  let type = 'unknown';
  let shape: (number | string)[] | undefined;
  for await (const field of wire.message(value)) {
    if (field.number === 1) name = await wire.text(field);
    if (field.number !== 2) continue;
    for await (const kind of wire.message(field)) {
      type = NO_TENSORS[kind.number] ?? type;
      if (kind.number !== 1) continue;
      for await (const part of wire.message(kind)) {
        if (part.number === 1) type = TYPES[wire.whole(part)] ?? 'unknown';
        if (part.number === 2) shape = await readShape(wire, part);
      }
      shape ??= [];
    }
  }
  return { name, type, shape };
}

/** TensorShapeProto { dim = 1 { dim_value = 1, dim_param = 2 } }. */
async function readShape(wire: WireReader, field: WireField): Promise<(number | string)[]> {
  const shape: (number | string)[] = [];
  for await (const dimension of wire.message(field)) {
    if (dimension.number !== 1) continue;
    let size: number | string = '';
    for await (const part of wire.message(dimension)) {
      if (part.number === 1) size = wire.whole(part);
      else if (part.number === 2) size = await wire.text(part);
    }
    push(shape, size, MAX_ENTRIES);
  }
  return shape;
}

/** OperatorSetIdProto { domain = 1, version = 2 }. */
async function readOpset(wire: WireReader, field: WireField): Promise<[string, number]> {
  let domain = '';
  let version = 0;
  for await (const part of wire.message(field)) {
    if (part.number === 1) domain = await wire.text(part);
    else if (part.number === 2) version = wire.whole(part);
  }
  return [domain === '' ? 'ai.onnx' : domain, version];
}

/** StringStringEntryProto { key = 1, value = 2 }. */
async function readEntry(wire: WireReader, field: WireField): Promise<[string, string]> {
  const entry: [string, string] = ['', ''];
  for await (const part of wire.message(field)) {
    if (part.number === 1) entry[0] = await wire.text(part);
    else if (part.number === 2) entry[1] = await wire.text(part);
  }
  return entry;
}

function push<T>(list: T[], value: T, most: number): void {
  if (list.length >= most) throw new WireFault(`more than ${most} entries of one kind`);
  list.push(value);
}

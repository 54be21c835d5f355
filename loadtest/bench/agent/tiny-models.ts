import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Columns of the one input `x` of every model here but `identityModel`. */
export const COLUMNS = 25;

/** Element types as ONNX numbers them (onnx/onnx.proto, TensorProto.DataType), named as the runtime names them. */
export const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const;

type Node = { readonly op: string; readonly inputs: readonly string[]; readonly output: string };
type Info = { readonly name: string; readonly type: number; readonly shape: readonly (number | string)[] };
type Weights = { readonly name: string; readonly dims: readonly number[]; readonly values: Float32Array };
type Graph = {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly weights: readonly Weights[];
  readonly input: Info;
  readonly output: Info;
};

/** The smallest model worth the name: y = sigmoid(x W), 25 inputs, float32 [rows, 25] to [rows, 1]. */
export function tinyModel(): Uint8Array {
  return model({
    name: 'tiny',
    nodes: [
      { op: 'MatMul', inputs: ['x', 'w'], output: 'h' },
      { op: 'Sigmoid', inputs: ['h'], output: 'y' },
    ],
    weights: [weights('w', [COLUMNS, 1])],
    input: { name: 'x', type: ELEMENT_TYPES.float32, shape: ['rows', COLUMNS] },
    output: { name: 'y', type: ELEMENT_TYPES.float32, shape: ['rows', 1] },
  });
}

/** A small network, 25-256-256-1, float32. */
export function mlpModel(): Uint8Array {
  return model({
    name: 'mlp',
    nodes: [
      { op: 'MatMul', inputs: ['x', 'w1'], output: 'a1' },
      { op: 'Relu', inputs: ['a1'], output: 'h1' },
      { op: 'MatMul', inputs: ['h1', 'w2'], output: 'a2' },
      { op: 'Relu', inputs: ['a2'], output: 'h2' },
      { op: 'MatMul', inputs: ['h2', 'w3'], output: 'a3' },
      { op: 'Sigmoid', inputs: ['a3'], output: 'y' },
    ],
    weights: [weights('w1', [COLUMNS, 256]), weights('w2', [256, 256]), weights('w3', [256, 1])],
    input: { name: 'x', type: ELEMENT_TYPES.float32, shape: ['rows', COLUMNS] },
    output: { name: 'y', type: ELEMENT_TYPES.float32, shape: ['rows', 1] },
  });
}

/** y = x for tensors [rows, columns] of one element type. */
export function identityModel(type: keyof typeof ELEMENT_TYPES): Uint8Array {
  const shape = ['rows', 'columns'];
  return model({
    name: `identity-${type}`,
    nodes: [{ op: 'Identity', inputs: ['x'], output: 'y' }],
    weights: [],
    input: { name: 'x', type: ELEMENT_TYPES[type], shape },
    output: { name: 'y', type: ELEMENT_TYPES[type], shape },
  });
}

/** Small and the same every time; what the model says does not matter here. */
function weights(name: string, dims: readonly [number, number]): Weights {
  const values = Float32Array.from({ length: dims[0] * dims[1] }, (_, i) => Math.sin(i * 12.9898) / dims[0]);
  return { name, dims, values };
}

// Field numbers below: onnx/onnx.proto (ONNX 1.16).
function model(graph: Graph): Uint8Array {
  const writer = new BinaryWriter();
  int(writer, 1, 8);
  text(writer, 2, 'tidemark-test');
  text(writer, 3, '1.0');
  message(writer, 7, () => writeGraph(writer, graph));
  message(writer, 8, () => {
    text(writer, 1, '');
    int(writer, 2, 17);
  });
  message(writer, 14, () => {
    text(writer, 1, 'purpose');
    text(writer, 2, 'test');
  });
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, { name, nodes, weights, input, output }: Graph): void {
  for (const node of nodes) {
    message(writer, 1, () => {
      for (const from of node.inputs) text(writer, 1, from);
      text(writer, 2, node.output);
      text(writer, 4, node.op);
    });
  }
  text(writer, 2, name);
  for (const { name, dims, values } of weights) {
    message(writer, 5, () => {
      for (const dim of dims) int(writer, 1, dim);
      int(writer, 2, ELEMENT_TYPES.float32);
      text(writer, 8, name);
      writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(values.buffer));
    });
  }
  writeInfo(writer, 11, input);
  writeInfo(writer, 12, output);
}

function writeInfo(writer: BinaryWriter, field: number, { name, type, shape }: Info): void {
  const dimension = (size: number | string) =>
    message(writer, 1, () => (typeof size === 'number' ? int(writer, 1, size) : text(writer, 2, size)));
  message(writer, field, () => {
    text(writer, 1, name);
    message(writer, 2, () =>
      message(writer, 1, () => {
        int(writer, 1, type);
        message(writer, 2, () => shape.forEach(dimension));
      }),
    );
  });
}

function int(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, field: number, body: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  body();
  writer.join();
}

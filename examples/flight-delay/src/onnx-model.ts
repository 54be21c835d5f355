import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Tree, TreeEnsemble } from './tree-ensemble.ts';

/** Name of the model's one input: float32 [rows, features]. */
export const INPUT_NAME = 'features';
/** Output with the more likely class: int64 [rows], 0 or 1. */
export const LABEL_NAME = 'label';
/** Output with the probabilities of class 0 and class 1: float32 [rows, 2]. */
export const PROBABILITIES_NAME = 'probabilities';

// Field numbers and enum values below: onnx/onnx.proto (ONNX 1.16, IR version 9) and the operator TreeEnsembleClassifier of ai.onnx.ml, version 3.
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_TYPE = { string: 3, floats: 6, ints: 7, strings: 8 } as const;
const IR_VERSION = 8;

/**
 * Writes a tree ensemble as an ONNX model (bytes of a `ModelProto`): one TreeEnsembleClassifier that ends in a logistic function and plain tensors
 * as outputs. The names of the features go into the metadata under `features`, together with what is given in `metadata`.
 */
export function onnxModel(
  ensemble: TreeEnsemble,
  name: string,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const writer = new BinaryWriter();
  int(writer, 1, IR_VERSION);
  text(writer, 2, 'tidemark-flight-delay');
  message(writer, 7, () => writeGraph(writer, ensemble, name));
  for (const [domain, version] of [
    ['', 17],
    ['ai.onnx.ml', 3],
  ] as const) {
    message(writer, 8, () => {
      text(writer, 1, domain);
      int(writer, 2, version);
    });
  }
  for (const [key, value] of Object.entries({ features: ensemble.features.join(','), ...metadata })) {
    message(writer, 14, () => {
      text(writer, 1, key);
      text(writer, 2, value);
    });
  }
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, ensemble: TreeEnsemble, name: string): void {
  message(writer, 1, () => {
    text(writer, 1, INPUT_NAME);
    text(writer, 2, LABEL_NAME);
    text(writer, 2, PROBABILITIES_NAME);
    text(writer, 3, 'trees');
    text(writer, 4, 'TreeEnsembleClassifier');
    writeAttributes(writer, ensemble);
    text(writer, 7, 'ai.onnx.ml');
  });
  text(writer, 2, name);
  tensorInfo(writer, 11, INPUT_NAME, FLOAT, ['rows', ensemble.features.length]);
  tensorInfo(writer, 12, LABEL_NAME, INT64, ['rows']);
  tensorInfo(writer, 12, PROBABILITIES_NAME, FLOAT, ['rows', 2]);
}

function writeAttributes(writer: BinaryWriter, ensemble: TreeEnsemble): void {
  const nodes = ensemble.trees.flatMap((tree, treeId) => nodesOf(tree, treeId));
  const leaves = nodes.filter((node) => node.leaf);
  ints(
    writer,
    'nodes_treeids',
    nodes.map((node) => node.treeId),
  );
  ints(
    writer,
    'nodes_nodeids',
    nodes.map((node) => node.id),
  );
  ints(
    writer,
    'nodes_featureids',
    nodes.map((node) => node.feature),
  );
  strings(
    writer,
    'nodes_modes',
    nodes.map((node) => (node.leaf ? 'LEAF' : 'BRANCH_LEQ')),
  );
  floats(
    writer,
    'nodes_values',
    nodes.map((node) => node.threshold),
  );
  ints(
    writer,
    'nodes_truenodeids',
    nodes.map((node) => node.left),
  );
  ints(
    writer,
    'nodes_falsenodeids',
    nodes.map((node) => node.right),
  );
  ints(
    writer,
    'nodes_missing_value_tracks_true',
    nodes.map(() => 0),
  );
  // Binary case of the operator: every weight belongs to one class, whose sum is the log-odds of class 1.
  ints(
    writer,
    'class_treeids',
    leaves.map((leaf) => leaf.treeId),
  );
  ints(
    writer,
    'class_nodeids',
    leaves.map((leaf) => leaf.id),
  );
  ints(
    writer,
    'class_ids',
    leaves.map(() => 0),
  );
  floats(
    writer,
    'class_weights',
    leaves.map((leaf) => leaf.value),
  );
  floats(writer, 'base_values', [ensemble.base]);
  ints(writer, 'classlabels_int64s', [0, 1]);
  attribute(writer, 'post_transform', ATTRIBUTE_TYPE.string, () => {
    writer.tag(4, WireType.LengthDelimited).string('LOGISTIC');
  });
}

function nodesOf(tree: Tree, treeId: number) {
  return Array.from(tree.feature, (feature, id) => ({
    treeId,
    id,
    leaf: feature < 0,
    feature: Math.max(feature, 0),
    threshold: tree.threshold[id]!,
    left: tree.left[id]!,
    right: tree.right[id]!,
    value: tree.value[id]!,
  }));
}

function tensorInfo(
  writer: BinaryWriter,
  field: number,
  name: string,
  type: number,
  shape: readonly (number | string)[],
): void {
  message(writer, field, () => {
    text(writer, 1, name);
    message(writer, 2, () =>
      message(writer, 1, () => {
        int(writer, 1, type);
        message(writer, 2, () => {
          for (const size of shape) {
            message(writer, 1, () => (typeof size === 'number' ? int(writer, 1, size) : text(writer, 2, size)));
          }
        });
      }),
    );
  });
}

function attribute(writer: BinaryWriter, name: string, type: number, value: () => void): void {
  message(writer, 5, () => {
    text(writer, 1, name);
    value();
    int(writer, 20, type);
  });
}

function ints(writer: BinaryWriter, name: string, values: readonly number[]): void {
  attribute(writer, name, ATTRIBUTE_TYPE.ints, () => {
    for (const value of values) int(writer, 8, value);
  });
}

function floats(writer: BinaryWriter, name: string, values: readonly number[]): void {
  attribute(writer, name, ATTRIBUTE_TYPE.floats, () => {
    for (const value of values) writer.tag(7, WireType.Bit32).float(value);
  });
}

function strings(writer: BinaryWriter, name: string, values: readonly string[]): void {
  attribute(writer, name, ATTRIBUTE_TYPE.strings, () => {
    for (const value of values) writer.tag(9, WireType.LengthDelimited).string(value);
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

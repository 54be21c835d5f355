import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describeOnnx, type OnnxDescription, type OnnxReading } from '../../../agent/src/observe/onnx-file.ts';
import { MAX_FIELDS } from '../../../agent/src/observe/onnx-wire.ts';
import { identityModel, mlpModel, tinyModel } from '../../../loadtest/bench/agent/tiny-models.ts';

const DATA = process.env.TIDEMARK_TEST_DATA ?? new URL('../../../../shared/data', import.meta.url).pathname;
const REAL = ['tribuo_iris_lr', 'yalue_sklearn_randomforest', 'ankane_randomforest', 'ortex_quickstart'];
const folder = mkdtempSync(join(tmpdir(), 'tidemark-onnx-'));
after(() => rmSync(folder, { recursive: true }));

function described(reading: OnnxReading): OnnxDescription {
  return reading.ok ? reading.description : assert.fail(reading.message);
}

/** What the runtime says of its inputs or outputs, as a description does. */
function metadataOf(list: readonly ort.InferenceSession.ValueMetadata[]) {
  return list.map((one) => (one.isTensor ? { name: one.name, type: one.type, shape: [...one.shape] } : one.name));
}

/** The same of a description. */
function valuesOf(list: OnnxDescription['inputs']) {
  return list.map(({ name, type, shape }) => (shape === undefined ? name : { name, type, shape: [...shape] }));
}

async function agreesWithRuntime(model: Uint8Array) {
  const session = await ort.InferenceSession.create(model);
  const { inputs, outputs } = described(await describeOnnx(model));
  assert.deepEqual(valuesOf(inputs), metadataOf(session.inputMetadata));
  assert.deepEqual(valuesOf(outputs), metadataOf(session.outputMetadata));
  await session.release();
}

/** A model whose parts are written by `graph` and `rest`. */
function written(graph: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.Varint).int64(8);
  writer.tag(7, WireType.LengthDelimited).fork();
  graph(writer);
  return writer.join().finish();
}

describe('an ONNX file', () => {
  it('says who wrote it, for which operators, and what goes in and out', async () => {
    const bytes = tinyModel();
    assert.deepEqual(described(await describeOnnx(bytes)), {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      producer: 'tidemark-test 1.0',
      irVersion: 8,
      opset: { 'ai.onnx': 17 },
      graphName: 'tiny',
      modelVersion: 0,
      metadata: { purpose: 'test' },
      inputs: [{ name: 'x', type: 'float32', shape: ['rows', 25] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['rows', 1] }],
    });
  });

  it('says the same from a path as from its bytes, also where it is longer than one read', async () => {
    const long = new BinaryWriter().tag(15, WireType.LengthDelimited).bytes(new Uint8Array(2_500_000).fill(7));
    const bytes = Buffer.concat([long.finish(), mlpModel()]);
    const path = join(folder, 'long.onnx');
    writeFileSync(path, bytes);
    const fromPath = described(await describeOnnx(path));
    assert.deepEqual(fromPath, described(await describeOnnx(bytes)));
    assert.equal(fromPath.sha256, createHash('sha256').update(bytes).digest('hex'));
  });

  for (const type of ['float32', 'float16', 'int64', 'uint8', 'bool', 'string', 'float64', 'uint64'] as const) {
    it(`says what the runtime says of it: ${type}`, async () => agreesWithRuntime(identityModel(type)));
  }

  for (const name of REAL) {
    const path = `${DATA}/models/${name}.onnx`;
    it(`says what the runtime says of a real model: ${name}`, {
      skip: existsSync(path) ? false : `${path} is not there`,
    }, async () => {
      const bytes = readFileSync(path);
      await agreesWithRuntime(bytes);
      const { sha256, irVersion, opset } = described(await describeOnnx(path));
      assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
      assert.ok(irVersion >= 3 && Object.values(opset).every((version) => version >= 1));
    });
  }

  it('leaves out inputs that have a value of their own, and reads sizes that are not known', async () => {
    const value = (writer: BinaryWriter, name: string) => {
      writer.tag(11, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(name);
      writer.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.Varint).int64(1);
      writer.tag(2, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int64(-1).join();
      writer.tag(1, WireType.LengthDelimited).fork().join();
      writer.join().join().join().join();
    };
    const bytes = written((writer) => {
      value(writer, 'x');
      value(writer, 'w');
      writer.tag(5, WireType.LengthDelimited).fork().tag(8, WireType.LengthDelimited).string('w').join();
    });
    const { inputs } = described(await describeOnnx(bytes));
    assert.deepEqual(inputs, [{ name: 'x', type: 'float32', shape: [-1, ''] }]);
  });

  const NO_MODELS: Record<string, Uint8Array> = {
    nothing: new Uint8Array(0),
    text: Buffer.from('<!doctype html><title>404</title>'),
    'a number that does not end': new Uint8Array(12).fill(0xff),
    'a length beyond the end': Uint8Array.of(0x3a, 0xff, 0x01),
    'a negative length': Uint8Array.of(0x3a, ...new Uint8Array(9).fill(0xff), 0x01),
    'a field of number 0': Uint8Array.of(0x00, 0x00),
    'a graph that is a number': Uint8Array.of(0x08, 0x08, 0x38, 0x01),
    'a version alone': Uint8Array.of(0x08, 0x08),
    'half a model': tinyModel().subarray(0, 100),
    'more fields than are looked at': written((writer) => {
      writer.tag(5, WireType.LengthDelimited).bytes(new Uint8Array(2 * MAX_FIELDS + 2).fill(8));
    }),
    'more inputs than there can be': written((writer) => {
      for (let i = 0; i <= 10_000; i++) writer.tag(11, WireType.LengthDelimited).bytes(new Uint8Array(0));
    }),
  };
  for (const [name, bytes] of Object.entries(NO_MODELS)) {
    it(`is told from what is none: ${name}`, async () => {
      const reading = await describeOnnx(bytes);
      assert.deepEqual([reading.ok, !reading.ok && reading.reason], [false, 'not-onnx']);
    });
  }

  it('is told from what cannot be read', async () => {
    for (const path of [join(folder, 'none.onnx'), folder]) {
      const reading = await describeOnnx(path);
      assert.deepEqual([reading.ok, !reading.ok && reading.reason], [false, 'unreadable']);
    }
  });

  it('never throws, whatever has become of it', async () => {
    const whole = identityModel('float32');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(whole.length),
        async (changes, length) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, byte] of changes) bytes[at] = byte;
          const reading = await describeOnnx(bytes.subarray(0, length));
          assert.equal(typeof reading.ok, 'boolean');
        },
      ),
      { numRuns: 500 },
    );
  });
});

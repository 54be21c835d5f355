import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AgentError } from '@tidemark/agent';
import { readModel } from '../../../agent/src/model-options.ts';
import { onnxModel } from '../../../agent/src/observe/onnx-model.ts';
import { COLUMNS, identityModel, tinyModel } from '../../../loadtest/bench/agent/tiny-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-onnx-'));
after(() => rmSync(folder, { recursive: true }));

describe('model options from an ONNX file', () => {
  it('are named by the graph and versioned by the hash, with a schema of the columns', async () => {
    const bytes = tinyModel();
    const columns = Array.from({ length: COLUMNS }, (_, i) => `f${i}`);
    const options = await onnxModel(bytes, { features: { x: columns }, gitCommit: 'abc' });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.deepEqual(options, {
      name: 'tiny',
      version: sha256.slice(0, 12),
      artifactSha256: sha256,
      gitCommit: 'abc',
      tags: { 'onnx.producer': 'tidemark-test 1.0', 'onnx.opset': 'ai.onnx 17' },
      fields: columns.map((field) => ({ stage: 'feature', field, kind: 'number' })),
    });
    assert.equal(readModel(options).version, sha256.slice(0, 12));
  });

  it('give way to what is given', async () => {
    const path = join(folder, 'words.onnx');
    writeFileSync(path, identityModel('string'));
    const declared = { stage: 'feature', field: 'b', kind: 'category', values: ['x'] } as const;
    const options = await onnxModel(path, {
      name: 'words',
      version: '7',
      tags: { team: 'search', 'onnx.opset': 'mine' },
      fields: [declared],
      features: { x: ['a', 'b'] },
    });
    assert.deepEqual([options.name, options.version], ['words', '7']);
    assert.equal(options.tags?.['onnx.opset'], 'mine');
    assert.equal(options.tags?.team, 'search');
    assert.deepEqual(options.fields, [declared, { stage: 'feature', field: 'a', kind: 'category' }]);
  });

  it('are refused for what is no model, and for inputs and columns that it does not have, all at once', async () => {
    const paths = async (promise: Promise<unknown>) => {
      const error: unknown = await promise.then(
        () => null,
        (reason) => reason,
      );
      assert.ok(error instanceof AgentError && error.code === 'TIDEMARK_OPTION_INVALID');
      return error.mistakes.map(({ option }) => option);
    };
    assert.deepEqual(await paths(onnxModel(join(folder, 'none.onnx'))), ['model']);
    assert.deepEqual(await paths(onnxModel(Buffer.from('no model'))), ['model']);
    const features = { x: ['a', 'b'], z: ['c'] };
    assert.deepEqual(await paths(onnxModel(tinyModel(), { features })), ['features.x', 'features.z']);
  });
});

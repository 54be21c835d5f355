import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { idOf, idReader, nameResult, newPredictionId } from '../../../agent/src/events/prediction-id.ts';
import { isName } from '../../../agent/src/names.ts';

const SOURCE = fileURLToPath(new URL('../../../agent/src/events/prediction-id.ts', import.meta.url));

describe('a prediction id', () => {
  it('is 128 bits as 22 characters of base64url, a name of the wire, and never the same again', () => {
    const ids = Array.from({ length: 20_000 }, newPredictionId);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids.slice(0, 600)) {
      assert.match(id, /^[\w-]{22}$/);
      const bytes = Buffer.from(id, 'base64url');
      assert.deepEqual([bytes.length, bytes.toString('base64url'), isName(id)], [16, id, true]);
    }
    // Every bit is as often 1 as 0: 10 000 of 20 000, with a standard deviation of 71.
    const ones = new Uint32Array(128);
    for (const id of ids) {
      const bytes = Buffer.from(id, 'base64url');
      for (let bit = 0; bit < 128; bit++) ones[bit] = (ones[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1);
    }
    for (const many of ones) assert.ok(Math.abs(many - 10_000) < 450, `${many}`);
  });

  it('is another in every process', async () => {
    const script = `import(${JSON.stringify(SOURCE)}).then(({ newPredictionId }) => { for (let i = 0; i < 300; i++) console.log(newPredictionId()); })`;
    const run = promisify(execFile);
    const outputs = await Promise.all(
      [1, 2].map(() => run(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script])),
    );
    const ids = outputs.flatMap(({ stdout }) => stdout.trim().split('\n'));
    assert.deepEqual([ids.length, new Set(ids).size], [600, 600]);
  });

  it('hangs on its result, also a frozen one or a function, and is made when first asked for', () => {
    for (const result of [{}, Object.freeze({ minutes: 5 }), () => 1, []]) {
      const id = idOf(result);
      assert.match(id ?? '', /^[\w-]{22}$/);
      assert.equal(idOf(result), id);
    }
    assert.notEqual(idOf({}), idOf({}));
    for (const result of [5, 'x', null, undefined, true]) {
      nameResult(result, 'id');
      assert.equal(idOf(result), undefined);
    }
  });

  it('is the one its caller has named', () => {
    const result = {};
    nameResult(result, 'order-7');
    assert.equal(idOf(result), 'order-7');
  });

  it('is read from the arguments of the call, and checked', async () => {
    let failed = 0;
    const reader = (extract: (...args: never[]) => unknown) => idReader(extract, () => failed++);
    assert.equal(reader((request: { id: string }, n: number) => `${request.id}-${n}`)([{ id: 'a' }, 5]), 'a-5');
    assert.equal(failed, 0);
    const wrong = [5, '', 'x'.repeat(129), 'a\nb', undefined, null, {}, Promise.reject(new Error('theirs'))];
    for (const id of wrong) assert.equal(reader(() => id)([]), undefined);
    const throws = reader(() => {
      throw new Error('theirs');
    });
    assert.equal(throws([]), undefined);
    assert.equal(failed, wrong.length + 1);
    await new Promise(setImmediate);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Sampler } from '../../../collector/src/telemetry/sampler.ts';

describe('a sampler', () => {
  test('holds the newest answer', async () => {
    let n = 0;
    const sampler = new Sampler(async () => ++n);
    assert.equal(sampler.latest, undefined);
    await sampler.sample();
    await sampler.sample();
    assert.equal(sampler.latest, 2);
  });

  test('holds nothing after an error, and the next answer again', async () => {
    const answers = [Promise.resolve(1), Promise.reject(new Error('away')), Promise.resolve(3)];
    const sampler = new Sampler(() => answers.shift()!);
    await sampler.sample();
    await sampler.sample();
    assert.equal(sampler.latest, undefined);
    await sampler.sample();
    assert.equal(sampler.latest, 3);
  });

  test('holds nothing while an answer is late, asks no second time meanwhile, and takes the answer when it comes', async () => {
    const slow = Promise.withResolvers<number>();
    let asked = 0;
    const sampler = new Sampler(() => {
      asked += 1;
      return asked === 1 ? Promise.resolve(1) : slow.promise;
    }, 5);
    await sampler.sample();
    await sampler.sample();
    assert.equal(sampler.latest, undefined);
    await sampler.sample();
    assert.equal(asked, 2);
    slow.resolve(7);
    await slow.promise;
    assert.equal(sampler.latest, 7);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, nearName } from '../../collector/src/near-name.ts';

test('the nearest known name is found for a slip, and none for another word', () => {
  const known = ['distance', 'origin', 'destination', 'ks', 'psi'];
  assert.equal(nearName('distnace', known), 'distance');
  assert.equal(nearName('Origin', known), 'origin');
  assert.equal(nearName('psy', known), 'psi');
  assert.equal(nearName('temperature', known), null);
  assert.equal(nearName('x'.repeat(100), known), null);
  assert.equal(didYouMean('orign', known), " (did you mean 'origin'?)");
  assert.equal(didYouMean('temperature', known), '');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '@tidemark/proto';
import { toRefusals } from '../../../collector/src/receive/refusals.ts';

test('a receipt names every part that was refused, so that an agent can count them', () => {
  const count = LIMITS.maxEvents + 500;
  const parts = Array.from({ length: count }, (_, i) => `outcomes[${i}]`);
  const refused = toRefusals(parts.map((part) => ({ part, code: 'too_old', message: 'x'.repeat(1_000), rows: 0 })));
  assert.deepEqual(
    refused.map(({ part }) => part),
    parts,
  );
  const bytes = refused.reduce((sum, { part, code, message }) => sum + part.length + code.length + message.length, 0);
  assert.ok(bytes < LIMITS.maxBytes / 2, `${bytes} bytes`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widerSpans } from '../../../collector/src/rules/wider-spans.ts';

test('spans double up to the cap, which is tried last, and never begin before the earliest', () => {
  assert.deepEqual(widerSpans({ windowMs: 60, widenToMs: 300 }, 1000, -Infinity), [880, 760, 700]);
  assert.deepEqual(widerSpans({ windowMs: 60, widenToMs: 300 }, 1000, 760), [880, 760]);
  assert.deepEqual(widerSpans({ windowMs: 60, widenToMs: 60 }, 1000, -Infinity), []);
});

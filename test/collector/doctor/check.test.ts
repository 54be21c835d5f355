import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Check, fine, runChecks, skipChecks, warning, wrong } from '../../../collector/src/doctor/check.ts';

const CHECKS: readonly Check<number>[] = [
  { name: 'good', advice: 'none', run: (n) => fine(`${n}`) },
  {
    name: 'broken',
    advice: 'mend it',
    run: () => {
      throw new Error('no such thing');
    },
  },
  { name: 'rejected', advice: 'mend it', run: () => Promise.reject(new Error('away')) },
  { name: 'bad', advice: 'do this', run: async () => wrong('it is') },
  { name: 'growing', advice: 'do that', run: async () => warning('it may') },
];

describe('checks', () => {
  test('are all run, also after one that throws, and give advice where something is not fine', async () => {
    assert.deepEqual(await runChecks(CHECKS, 7), [
      { name: 'good', state: 'fine', detail: '7', advice: null },
      { name: 'broken', state: 'wrong', detail: 'could not be looked at: no such thing', advice: 'mend it' },
      { name: 'rejected', state: 'wrong', detail: 'could not be looked at: away', advice: 'mend it' },
      { name: 'bad', state: 'wrong', detail: 'it is', advice: 'do this' },
      { name: 'growing', state: 'warning', detail: 'it may', advice: 'do that' },
    ]);
  });

  test('say why they were not run', () => {
    const [first, ...rest] = skipChecks(CHECKS, 'nobody is there');
    assert.deepEqual(first, { name: 'good', state: 'skipped', detail: 'nobody is there', advice: null });
    assert.equal(rest.length, 4);
  });
});

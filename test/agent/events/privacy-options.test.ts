import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { Mistake } from '../../../agent/src/errors.ts';
import { readPrivacy } from '../../../agent/src/events/privacy-options.ts';

const KEY = 'a-key-that-nobody-may-see';
const VARIABLE = 'TIDEMARK_TEST_HASH_KEY';

function read(given: unknown) {
  const mistakes: Mistake[] = [];
  return { settings: readPrivacy(given, 'privacy', mistakes), mistakes };
}

describe('privacy options', () => {
  it('let nothing leave by default', () => {
    const { settings, mistakes } = read({});
    assert.deepEqual(mistakes, []);
    assert.deepEqual(settings.allow, []);
    assert.deepEqual([settings.numericOnly, settings.redactEmails, settings.appliesTo], [false, false, 'events']);
    assert.ok(Object.isFrozen(settings));
  });

  it('report all mistakes at once', () => {
    const given = {
      allow: ['feature/*', 'features/x', 5],
      deny: 'feature/x',
      redact: ['x'],
      hash: ['input/user'],
      numericOnly: 'yes',
      appliesTo: 'sketches',
      allowed: [],
    };
    const expected = ['allow[1]', 'allow[2]', 'allowed', 'appliesTo', 'deny', 'hashKey', 'numericOnly', 'redact[0]'];
    const { mistakes } = read(given);
    assert.deepEqual(
      mistakes.map(({ option }) => option).sort(),
      expected.map((name) => `privacy.${name}`),
    );
  });

  it('refuse texts in the place of values beside numericOnly', () => {
    const { mistakes } = read({ numericOnly: true, hash: ['input/a'], redact: ['input/b'], hashKey: Buffer.alloc(16) });
    assert.deepEqual(mistakes.map(({ option }) => option).sort(), ['privacy.hash', 'privacy.redact']);
  });

  it('take a key as bytes or from the environment', () => {
    process.env[VARIABLE] = KEY;
    for (const hashKey of [Buffer.from(KEY), { env: VARIABLE }]) {
      const { settings, mistakes } = read({ hash: ['input/user'], hashKey });
      assert.deepEqual(mistakes, []);
      assert.equal(settings.hashKey?.export().toString(), KEY);
    }
    delete process.env[VARIABLE];
    assert.equal(read({ hashKey: { env: VARIABLE } }).mistakes[0]?.option, 'privacy.hashKey');
  });

  it('never show a key, right or wrong, in mistakes or settings', () => {
    process.env[VARIABLE] = 'short-secret';
    const wrong: unknown[] = [
      { hashKey: KEY },
      { hashKey: [KEY] },
      { hashKey: { key: KEY } },
      { hashKey: { env: KEY } },
      { hashKey: { env: VARIABLE } },
      { hashKey: Buffer.from('short-secret') },
      KEY,
      [KEY],
      [{ hashKey: KEY }],
    ];
    for (const given of wrong) {
      const { mistakes } = read(given);
      assert.ok(mistakes.length > 0);
      assert.doesNotMatch(JSON.stringify(mistakes), /nobody|short-secret/);
    }
    delete process.env[VARIABLE];
    const { settings } = read({ hash: ['input/user'], hashKey: Buffer.from(KEY) });
    const shown = inspect(settings, { depth: 9, showHidden: true }) + JSON.stringify(settings);
    assert.ok(!shown.includes('nobody') && !shown.includes(Buffer.from(KEY).toString('hex').slice(0, 12)));
  });
});

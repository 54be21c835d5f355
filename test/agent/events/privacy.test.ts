import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Mistake } from '../../../agent/src/errors.ts';
import { Privacy, WITHHELD } from '../../../agent/src/events/privacy.ts';
import { type PrivacyOptions, readPrivacy } from '../../../agent/src/events/privacy-options.ts';
import type { EventScalar } from '../../../agent/src/events/scalar.ts';

const hashKey = Buffer.alloc(16, 1);

function privacy(options: PrivacyOptions) {
  const mistakes: Mistake[] = [];
  const made = new Privacy(readPrivacy(options, 'privacy', mistakes));
  assert.deepEqual(mistakes, []);
  return made;
}

const leaves = (options: PrivacyOptions, stage: string, field: string, value: EventScalar) => {
  const made = privacy(options);
  return made.outgoing(made.fateOf(stage, field), value);
};

describe('privacy of events', () => {
  it('lets out what is allowed and not denied, and nothing else', () => {
    const options = { allow: ['feature/*', 'prediction/value'], deny: ['*/secret_*'] };
    assert.equal(leaves(options, 'feature', 'age', 5), 5);
    assert.equal(leaves(options, 'prediction', 'value', true), true);
    assert.equal(leaves(options, 'prediction', 'other', 5), WITHHELD);
    assert.equal(leaves(options, 'feature', 'secret_1', 5), WITHHELD);
    assert.equal(leaves({}, 'feature', 'age', 5), WITHHELD);
  });

  it('redacts before it hashes, and neither lets out what is not allowed', () => {
    const options = { allow: ['input/*'], redact: ['*/both', '*/r'], hash: ['*/both', '*/h'], hashKey };
    assert.equal(leaves(options, 'input', 'both', 'x'), '[redacted]');
    assert.equal(leaves(options, 'input', 'r', 5), '[redacted]');
    assert.match(String(leaves(options, 'input', 'h', 'x')), /^h:[0-9a-f]{16}$/);
    assert.equal(leaves(options, 'input', 'h', 5), leaves(options, 'input', 'h', '5'));
    assert.equal(leaves(options, 'feature', 'h', 'x'), WITHHELD);
    for (const field of ['both', 'r', 'h']) assert.equal(leaves(options, 'input', field, undefined), undefined);
  });

  it('lets out numbers and booleans alone with numericOnly', () => {
    const options = { allow: ['*/*'], numericOnly: true };
    for (const value of [1.5, Number.NaN, false, undefined]) assert.equal(leaves(options, 'input', 'x', value), value);
    for (const value of ['x', '', 4111111111111111]) assert.equal(leaves(options, 'input', 'x', value), WITHHELD);
  });

  it('cuts texts and replaces secrets in what is allowed, numbers that are cards among them', () => {
    const options = { allow: ['*/*'], redactEmails: true };
    assert.equal(leaves(options, 'input', 'x', 'é'.repeat(200)), 'é'.repeat(128));
    assert.equal(leaves(options, 'input', 'x', 'to a@b.de'), 'to [redacted]');
    assert.equal(leaves(options, 'input', 'x', 4111111111111111), '[redacted]');
    assert.equal(leaves(options, 'input', 'x', 4111111111111112), 4111111111111112);
  });

  it('never lets out a denied or unlisted field, whatever the rules beside', () => {
    const part = fc.constantFrom('a', 'b', 'c', '*', 'a*');
    const lists = fc.array(
      part.map((field) => `feature/${field}`),
      { maxLength: 3 },
    );
    const rules = fc.record({ allow: lists, deny: lists, redact: lists, hash: lists });
    const meant = (list: readonly string[], field: string) =>
      list.some((one) => [field, '*', field === 'a' ? 'a*' : ''].includes(one.slice('feature/'.length)));
    fc.assert(
      fc.property(rules, fc.constantFrom('a', 'b', 'c'), (given, field) => {
        const out = leaves({ ...given, hashKey }, 'feature', field, 'plain');
        const may = meant(given.allow, field) && !meant(given.deny, field);
        assert.equal(out !== WITHHELD, may);
        if (may) assert.equal(out === 'plain', !meant(given.redact, field) && !meant(given.hash, field));
      }),
    );
  });

  it('plans which fields to read of a stage', () => {
    const made = privacy({ allow: ['feature/b', 'feature/a', '*/a', '*/c', 'input/*'], deny: ['*/b'] });
    assert.deepEqual(made.planOf('feature'), {
      named: [
        { field: 'a', expected: true },
        { field: 'c', expected: false },
      ],
      others: false,
    });
    assert.equal(made.planOf('input').others, true);
  });
});

describe('privacy of categories in summaries', () => {
  it('takes secrets out, and nothing else unless it applies to all', () => {
    const filter = privacy({ deny: ['*/*'] }).categoryFilter('feature', 'x');
    assert.deepEqual(['DE', 'password=hunter22'].map(filter), ['DE', '[redacted]']);
  });

  it('counts what may not leave as one, hashes what is hashed, and leaves the rest whole', () => {
    const options = { appliesTo: 'all', allow: ['feature/*'], redact: ['*/r'], hash: ['*/h'], hashKey } as const;
    const made = privacy(options);
    const as = (stage: string, field: string, text: string) => made.categoryFilter(stage, field)(text);
    assert.equal(as('input', 'x', 'DE'), '[redacted]');
    assert.equal(as('feature', 'r', 'DE'), '[redacted]');
    assert.match(String(as('feature', 'h', 'DE')), /^h:/);
    const long = 'x'.repeat(5_000);
    assert.equal(as('feature', 'x', long), long);
    assert.equal(as('feature', 'x', 'Bearer abcdefgh12'), '[redacted]');
    assert.equal(
      privacy({ ...options, hash: [], redact: [], numericOnly: true }).categoryFilter('feature', 'x')('DE'),
      '[redacted]',
    );
  });

  it('gives the same answer for more texts than it remembers', () => {
    const filter = privacy({ appliesTo: 'all', allow: ['*/*'], hash: ['*/*'], hashKey }).categoryFilter('feature', 'x');
    const first = filter?.('text 0');
    const hashes = new Set(Array.from({ length: 3_000 }, (_, i) => filter?.(`text ${i}`)));
    assert.equal(hashes.size, 3_000);
    assert.equal(filter?.('text 0'), first);
  });
});

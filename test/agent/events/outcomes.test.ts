import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAX_OUTCOME_FIELDS, OutcomeBuffer, type OutcomeLimits } from '../../../agent/src/events/outcomes.ts';

const V = { model: 'm', version: '1' };

function setUp(limits: Partial<OutcomeLimits> = {}) {
  const buffer = new OutcomeBuffer<typeof V>({ now: () => 1_000.5 }, limits);
  return { buffer, add: (...given: [id: unknown, values: unknown, options?: unknown]) => buffer.add(V, ...given) };
}

const throwing = {
  get actual() {
    throw new Error('theirs');
  },
};

describe('outcomes', () => {
  it('are taken in order with checked values', () => {
    const { buffer, add } = setUp();
    const values = {
      actual: 12.5,
      label: 'late',
      ok: true,
      gone: null,
      big: 7n,
      text: 'ä'.repeat(300),
      at: new Date(0),
    };
    const first = add('p1', values, { at: 5.7 });
    add('p2', { __proto__: null, actual: 1 });
    assert.deepEqual(first, {
      version: V,
      predictionId: 'p1',
      atMs: 5,
      values: [
        { stage: 'outcome', field: 'actual', value: 12.5 },
        { stage: 'outcome', field: 'label', value: 'late' },
        { stage: 'outcome', field: 'ok', value: true },
        { stage: 'outcome', field: 'gone', value: undefined },
        { stage: 'outcome', field: 'big', value: '7' },
        { stage: 'outcome', field: 'text', value: 'ä'.repeat(128) },
        { stage: 'outcome', field: 'at', value: '1970-01-01T00:00:00.000Z' },
      ],
    });
    assert.deepEqual(buffer.take(1), [first]);
    const [second] = buffer.take(10);
    assert.deepEqual([second?.predictionId, second?.atMs], ['p2', 1_000]);
    assert.deepEqual(buffer.take(10), []);
    assert.deepEqual(buffer.account, { given: 2, taken: 2, pending: 0, dropped: { invalid: 0, full: 0 } });
  });

  it('have secrets in their texts replaced', () => {
    assert.equal(setUp().add('p', { note: 'Bearer abcdefgh12' })?.values[0]?.value, '[redacted]');
  });

  it('are refused whole and counted where a part of them is wrong, whatever it does', () => {
    const { proxy, revoke } = Proxy.revocable({ actual: 1 }, {});
    revoke();
    const many = Object.fromEntries(Array.from({ length: MAX_OUTCOME_FIELDS + 1 }, (_, i) => [`f${i}`, i]));
    const wrong: [id: unknown, values: unknown, options?: unknown][] = [
      ['', { actual: 1 }],
      ['x'.repeat(129), { actual: 1 }],
      ['a\nb', { actual: 1 }],
      ['\ud800', { actual: 1 }],
      [5, { actual: 1 }],
      [undefined, { actual: 1 }],
      ['p', undefined],
      ['p', 5],
      ['p', []],
      ['p', [1]],
      ['p', new Map([['actual', 1]])],
      ['p', {}],
      ['p', { actual: { nested: 1 } }],
      ['p', { actual: 1, other: [1] }],
      ['p', { '': 1 }],
      ['p', { ['x'.repeat(129)]: 1 }],
      ['p', many],
      ['p', throwing],
      ['p', proxy],
      ['p', { actual: 1 }, { at: Number.NaN }],
      ['p', { actual: 1 }, { at: -1 }],
      ['p', { actual: 1 }, { at: '2025-01-01' }],
      ['p', { actual: 1 }, { at: new Date() }],
      [
        'p',
        { actual: 1 },
        {
          get at() {
            throw new Error('theirs');
          },
        },
      ],
    ];
    const { buffer, add } = setUp();
    for (const given of wrong) assert.equal(add(...given), undefined);
    const { invalid } = buffer.account.dropped;
    assert.deepEqual([buffer.account.given, invalid, buffer.account.pending], [wrong.length, wrong.length, 0]);
    assert.ok(add('p', { __proto__: null, ...JSON.parse('{"__proto__": 1}') }));
  });

  it('leave no rejection of a promise to nobody', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { add } = setUp();
    const later = () => Promise.reject(new Error('theirs'));
    for (const given of [
      [later(), {}],
      ['p', later()],
      ['p', { actual: later() }],
      ['p', { actual: 1 }, { at: later() }],
    ]) {
      assert.equal(add(...(given as [unknown, unknown])), undefined);
    }
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });

  it('are held within their count and bytes, and every one is accounted for', () => {
    const step = fc.oneof(
      fc.record({ fields: fc.nat(5), text: fc.nat(100) }),
      fc.record({ take: fc.nat(4), bytes: fc.constantFrom(100, 300, Number.POSITIVE_INFINITY) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const limits = { maxCount: 8, maxBytes: 1_500 };
        const { buffer, add } = setUp(limits);
        const sent: string[] = [];
        const kept: string[] = [];
        for (const [i, one] of steps.entries()) {
          if ('take' in one) {
            const taken = buffer.take(one.take, one.bytes);
            assert.ok(taken.length <= one.take);
            if (one.take > 0 && kept.length > sent.length) assert.ok(taken.length > 0);
            sent.push(...taken.map(({ predictionId }) => predictionId));
          } else {
            const row = Object.fromEntries(
              Array.from({ length: one.fields }, (_, f) => [`f${f}`, 'x'.repeat(one.text)]),
            );
            if (add(`p${i}`, row) !== undefined) kept.push(`p${i}`);
          }
          const { given, taken, pending, dropped } = buffer.account;
          assert.equal(given, taken + pending + dropped.invalid + dropped.full);
          assert.ok(pending <= limits.maxCount && buffer.bytes <= limits.maxBytes);
          assert.equal(buffer.bytes === 0, pending === 0);
        }
        assert.deepEqual(kept.slice(0, sent.length), sent);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { categoryKey } from '@tidemark/sketch';
import { TidemarkRejection } from '../../../agent/src/guard/rejection.ts';
import { MAX_VIOLATIONS } from '../../../agent/src/guard/verdict.ts';
import { verdictOf } from '../../../agent/src/guard/verdict-notes.ts';
import { ALL, makeGuard } from './make-guard.ts';

const fail = () => assert.fail('theirs');

describe('a guard', () => {
  it('takes the strongest action of all violations, and keeps 32 of them', () => {
    const fields = Array.from({ length: 500 }, (_, i) => ({
      field: `f${i}`,
      max: 0,
      action: i === 400 ? 'reject' : i % 2 === 0 ? 'annotate' : 'fallback',
    }));
    const { guard } = makeGuard({ fields, fallback: () => 0 });
    const row = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, Number.NaN]));
    const verdict = guard.before({}, row, []);
    assert.equal(verdict?.action, 'reject');
    assert.equal(verdict?.violations.length, MAX_VIOLATIONS);
    assert.ok((verdict?.checkMs ?? -1) >= 0 && guard.lastMs === verdict?.checkMs);
  });

  it('says what came by type and size only, unless it is told to show values', () => {
    const secret = 'secret-4711';
    const fields = { a: { type: 'number' }, b: { max: 5 } };
    const row = { a: secret, b: 4711.5 };
    const hidden = makeGuard({ fields }).guard.before({}, row, []);
    assert.deepEqual(
      hidden?.violations.map(({ expected, got }) => [expected, got]),
      [
        ['a number', 'text of 11 characters'],
        ['at most 5', 'a number'],
      ],
    );
    const shown = makeGuard({ fields, showValues: true }).guard.before({}, row, []);
    assert.deepEqual(
      shown?.violations.map(({ got }) => got),
      [`"${secret}"`, '4711.5'],
    );
    const long = makeGuard({ fields, showValues: true }).guard.before({}, { a: 'x'.repeat(1 << 20) }, []);
    assert.ok((long?.violations[0]?.got.length ?? 100) < 90);
  });

  it('checks input and features before a call, and prediction and confidence after it', () => {
    const fields = [
      { stage: 'input', field: 'x', max: 0 },
      { stage: 'feature', field: 'x', max: 0 },
      { stage: 'prediction', field: 'value', max: 0 },
    ];
    const { guard } = makeGuard({ fields, confidence: { floor: 0.5, action: 'reject' } });
    assert.deepEqual([guard.checksBefore, guard.checksAfter, guard.replaces], [true, true, true]);
    const before = guard.before({ x: 1 }, { x: 1 }, []);
    assert.deepEqual(
      before?.violations.map(({ stage }) => stage),
      ['input', 'feature'],
    );
    const after = guard.after({ value: 1 }, { value: 0.4 }, 1, []);
    assert.deepEqual(
      after?.violations.map(({ stage, check }) => [stage, check]),
      [
        ['prediction', 'range'],
        ['confidence', 'confidence'],
      ],
    );
    assert.equal(after?.action, 'reject');
    for (const value of [Number.NaN, '0.9', undefined])
      assert.equal(guard.after({}, { value }, 1, [])?.violations[0]?.check, 'confidence');
    assert.equal(guard.after({}, { value: 0.5 }, 1, []), undefined);
  });

  it('cannot check a stage that could not be read, and takes that as it was told', () => {
    const options = { fields: { x: { max: 0, action: 'reject' } } };
    const open = makeGuard(options);
    assert.equal(open.guard.before(undefined, undefined, []), undefined);
    assert.deepEqual(open.lost, ['check-failed']);
    const closed = makeGuard({ ...options, onFailure: 'closed' });
    assert.equal(closed.guard.before(undefined, undefined, [])?.action, 'reject');
  });

  it('replaces results only where a check after the call, or one by promise, may do so', () => {
    const reject = { action: 'reject' };
    const replaces = (options: object, reads = ALL) => makeGuard(options, { reads }).guard.replaces;
    assert.equal(replaces({ ...reject, fields: { x: { max: 0 } } }), false);
    assert.equal(replaces({ ...reject, fields: [{ stage: 'prediction', field: 'x', max: 0 }] }), true);
    assert.equal(replaces({ confidence: { floor: 1 } }), false);
    assert.equal(replaces({ bounds: { action: 'reject' } }), true);
    assert.equal(replaces({ bounds: { action: 'reject' } }, { ...ALL, prediction: false, confidence: false }), false);
    assert.equal(replaces({ bounds: true }), false);
    assert.equal(replaces({ custom: [{ name: 'c', before: () => true, action: 'reject' }] }), true);
  });

  it('tells its owner of verdicts, who may fail or make guarded calls from within', () => {
    const told: unknown[] = [];
    const { guard } = makeGuard({
      fields: { x: { max: 0 } },
      onVerdict: (verdict: { action: string }, args: readonly unknown[]) => {
        told.push([verdict.action, ...args]);
        guard.before({}, { x: 0 }, []);
        return Promise.reject(new Error('of nobody'));
      },
    });
    guard.before({}, { x: 1 }, ['a']);
    const { guard: other } = makeGuard({ fields: { x: { max: 0 } }, onVerdict: fail });
    assert.equal(other.before({}, { x: 1 }, [])?.action, 'annotate');
    assert.deepEqual(told, [['annotate', 'a']]);
  });

  it('puts the fallback or the refusal in the place of the call, as its owner asked for', () => {
    const result = Object.freeze({ minutes: 0 });
    const given: unknown[] = [];
    const fallback = (args: readonly unknown[], verdict: unknown) => {
      given.push(args, verdict);
      return result;
    };
    const { guard } = makeGuard({
      fields: { x: { max: 0, action: 'fallback' }, y: { max: 0, action: 'reject' } },
      fallback,
    });
    const args = ['a'];
    const verdict = guard.before({}, { x: 1 }, args) ?? assert.fail();
    assert.equal(guard.instead(verdict, args)?.(), result);
    assert.deepEqual(given, [args, verdict]);
    assert.equal(verdictOf(result), verdict);
    const refused = guard.before({}, { y: 1 }, args) ?? assert.fail();
    const isOurs = (error: TidemarkRejection) => error.code === 'TIDEMARK_REJECTED' && error.verdict === refused;
    assert.throws(() => guard.instead(refused, args)?.(), isOurs);
    assert.ok(new TidemarkRejection(refused).message.includes('range of feature/y: expected at most 0, got a number'));
    assert.equal(guard.instead({ ...verdict, action: 'annotate' }, args), undefined);
  });
});

describe('bounds from the collector', () => {
  const bounds = [
    { stage: 'feature', field: 'age', min: 10, max: 20 },
    { stage: 'feature', field: 'country', values: ['DE', categoryKey('long '.repeat(40))] },
  ];

  it('apply beside the options and replace those that came before', () => {
    const { guard } = makeGuard({ fields: { age: { max: 100, action: 'reject' } }, bounds: true });
    assert.equal(guard.before({}, { age: 50, country: 'XX' }, []), undefined);
    guard.setBounds(bounds);
    const seen = (row: object) =>
      guard.before({}, row, [])?.violations.map(({ check, field, action }) => [check, field, action]) ?? [];
    assert.deepEqual(seen({ age: 15, country: 'DE' }), []);
    assert.deepEqual(seen({ country: 'long '.repeat(40) }), [], 'a long text goes by its key');
    assert.deepEqual(seen({ age: 50, country: 'XX' }), [
      ['statistical', 'age', 'annotate'],
      ['statistical', 'country', 'annotate'],
    ]);
    assert.deepEqual(
      seen({ age: '15', country: 'x'.repeat(1 << 20) }).length,
      3,
      'another type is outside of them too',
    );
    guard.setBounds([{ stage: 'feature', field: 'age', min: 40 }]);
    assert.deepEqual(seen({ age: 50, country: 'XX' }), []);
    assert.deepEqual(seen({ age: 101 }), [['range', 'age', 'reject']]);
    guard.setBounds([]);
    assert.deepEqual(seen({ age: 15 }), []);
  });

  it('do nothing where the option is off, for a stage nobody reads, and in a shape that bounds nothing', () => {
    const off = makeGuard({ fields: { a: { max: 1 } } });
    off.guard.setBounds(bounds, 0.9);
    assert.equal(off.guard.before({}, { age: 50 }, []), undefined);
    const { guard } = makeGuard({ bounds: true }, { reads: { ...ALL, confidence: false, input: false } });
    guard.setBounds(
      [
        { stage: 'input', field: 'age', min: 10 },
        { stage: 'toString', field: 'age', min: 10 },
        { stage: 'feature', field: '', min: 10 },
        { stage: 'feature', field: 'a' },
        { stage: 'feature', field: 'a', min: Number.NaN },
        { stage: 'feature', field: 'a', min: 2, max: 1 },
        { stage: 'feature', field: 'a', min: 2, values: ['x'] },
        ...Array.from({ length: 1_000 }, () => ({ stage: 'latency', field: 'call_ms', max: 0 })),
      ],
      0.9,
    );
    assert.deepEqual([guard.checksBefore, guard.checksAfter], [false, false]);
    assert.equal(guard.before(undefined, { age: 0, a: 0 }, []), undefined);
  });

  it('bring a floor of the confidence that takes the place of the options’ own', () => {
    const { guard } = makeGuard({ bounds: true, confidence: { floor: 0.5, action: 'reject', field: 'p' } });
    const action = (p: number) => guard.after({}, { p }, 0, [])?.action;
    assert.deepEqual([action(0.4), action(0.6)], ['reject', undefined]);
    guard.setBounds([], 0.8);
    assert.deepEqual([action(0.6), action(0.9)], ['reject', undefined]);
    guard.setBounds([], 0.1);
    assert.equal(action(0.4), undefined);
    guard.setBounds([]);
    assert.equal(action(0.4), 'reject');
    const bare = makeGuard({ bounds: { action: 'fallback' }, fallback: () => 0 });
    bare.guard.setBounds([], 0.8);
    assert.equal(bare.guard.after({}, { value: 0.6 }, 0, [])?.action, 'fallback');
  });
});

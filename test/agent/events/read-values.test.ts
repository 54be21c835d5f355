import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Privacy } from '../../../agent/src/events/privacy.ts';
import { type PrivacyOptions, readPrivacy } from '../../../agent/src/events/privacy-options.ts';
import { MAX_NAMES, readValues, type StageFields } from '../../../agent/src/events/read-values.ts';

const ALL: PrivacyOptions = { allow: ['*/*'] };

function read(fields: StageFields, options = ALL, maxBytes = 1_000_000) {
  const { values, failed, omitted, bytes } = readValues(new Privacy(readPrivacy(options, '', [])), fields, maxBytes);
  const named = Object.fromEntries(values.map(({ stage, field, value }) => [`${stage}/${field}`, value]));
  return { named, count: values.length, failed, omitted, bytes };
}

describe('reading the values of an event', () => {
  it('takes scalars of allowed own fields, in rows of sessions too', () => {
    const row = { x: 1.5, big: 5n, when: new Date(0), flag: true, gone: null, text: 'DE' };
    const { named, failed, omitted } = read({ feature: row, prediction: { value: 2 }, input: undefined });
    assert.deepEqual(named, {
      'feature/x': 1.5,
      'feature/big': '5',
      'feature/when': '1970-01-01T00:00:00.000Z',
      'feature/flag': true,
      'feature/gone': undefined,
      'feature/text': 'DE',
      'prediction/value': 2,
    });
    assert.deepEqual([failed, omitted], [false, false]);
  });

  it('says that a field is missing only where it is named with its stage', () => {
    const { named } = read({ feature: {}, input: {} }, { allow: ['feature/age', '*/name', 'input/*'] });
    assert.deepEqual(named, { 'feature/age': undefined });
  });

  it('leaves out lists, bytes, objects and the like, however short, and says so', () => {
    for (const value of [
      [1, 2],
      Buffer.from('x'),
      new Float32Array(1),
      {},
      new Map(),
      Symbol('x'),
      () => 1,
      10n ** 300n,
    ]) {
      assert.deepEqual(read({ feature: { value, x: 1 } }).named, { 'feature/x': 1 });
      assert.equal(read({ feature: { value, x: 1 } }).omitted, true);
    }
    for (const source of [[1, 2], Buffer.from('secret'), new Map([['a', 1]]), new Date()]) {
      assert.deepEqual([read({ feature: source }).count, read({ feature: source }).omitted], [0, true]);
    }
  });

  it('touches nothing that is not allowed', () => {
    const fields = {
      get secret() {
        return assert.fail('a field that is not allowed was read');
      },
      age: 5,
    };
    assert.deepEqual(read({ feature: fields }, { allow: ['feature/age'] }).named, { 'feature/age': 5 });
    assert.deepEqual(read({ feature: fields }, { allow: ['*/*'], deny: ['*/sec*'] }).named, { 'feature/age': 5 });
    const untouched = new Proxy({}, { get: () => assert.fail('read'), ownKeys: () => assert.fail('listed') });
    const { failed, count } = read({ input: untouched }, { allow: ['feature/*'] });
    assert.deepEqual([failed, count], [false, 0]);
  });

  it('goes on after getters, proxies and revoked proxies that throw', () => {
    const throwing = {
      get bad() {
        throw new Error('theirs');
      },
      good: 1,
    };
    assert.deepEqual(
      [read({ feature: throwing }).named, read({ feature: throwing }).failed],
      [{ 'feature/good': 1 }, true],
    );
    const { proxy, revoke } = Proxy.revocable({ x: 1 }, {});
    revoke();
    const trap = () => {
      throw new Error('theirs');
    };
    const proxies = [proxy, new Proxy({}, { ownKeys: trap }), new Proxy({ x: 1 }, { getOwnPropertyDescriptor: trap })];
    for (const feature of proxies) {
      const { named, failed } = read({ feature, prediction: { value: 1 } });
      assert.deepEqual([named, failed], [{ 'prediction/value': 1 }, true]);
    }
  });

  it('takes odd names for what they are, and no inherited values', () => {
    const row = JSON.parse('{"__proto__": 1, "constructor": 2, "a/b": 3}');
    const { values } = readValues(new Privacy(readPrivacy(ALL, '', [])), { feature: row }, 1_000);
    assert.deepEqual(
      values.map(({ field, value }) => [field, value]),
      [
        ['__proto__', 1],
        ['constructor', 2],
        ['a/b', 3],
      ],
    );
    assert.equal(read({ feature: Object.create({ inherited: 1 }) }, { allow: ['*/*', '*/inherited'] }).count, 0);
    const bad = { '': 1, 'a\nb': 2, ['x'.repeat(129)]: 3, 'mail password=hunter22': 4, fine: 5 };
    assert.deepEqual([read({ feature: bad }).named, read({ feature: bad }).omitted], [{ 'feature/fine': 5 }, true]);
  });

  it('goes through no more names than it may, but finds those it knows', () => {
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, i]));
    const all = read({ feature: wide });
    assert.deepEqual([all.count, all.omitted], [MAX_NAMES, true]);
    assert.deepEqual(read({ feature: wide }, { allow: ['*/f9999'] }).named, { 'feature/f9999': 9_999 });
  });

  it('stops at the bytes it may take', () => {
    const wide = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`f${i}`, 'x'.repeat(500)]));
    const { bytes, omitted, count } = read({ feature: wide }, ALL, 2_000);
    assert.ok(bytes <= 2_000 && count === 7 && omitted);
  });

  it('reads an object that holds itself, and a long text, in no time', () => {
    const cyclic: Record<string, unknown> = { text: 'é'.repeat(1_000_000) };
    cyclic.self = cyclic;
    const { named, omitted } = read({ feature: cyclic });
    assert.deepEqual([named, omitted], [{ 'feature/text': 'é'.repeat(128) }, true]);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { holdsNames, NO_SCALAR, scalarOf } from '../../../agent/src/events/scalar.ts';

const strange = Object.assign(new Date(5), {
  getTime: () => assert.fail('the own method of a date was called'),
  toISOString: () => 'secret',
});

describe('a scalar', () => {
  it('is a number, text or boolean, the digits of a big integer, or the ISO time of a date', () => {
    const cases: [unknown, unknown][] = [
      [1.5, 1.5],
      [Number.NaN, Number.NaN],
      ['', ''],
      [false, false],
      [2n ** 64n, '18446744073709551616'],
      [new Date(0), '1970-01-01T00:00:00.000Z'],
      [strange, '1970-01-01T00:00:00.005Z'],
    ];
    for (const [given, expected] of cases) assert.equal(scalarOf(given), expected);
  });

  it('is missing where there is nothing, or a date without a time', () => {
    for (const given of [null, undefined, new Date(Number.NaN)]) assert.equal(scalarOf(given), undefined);
  });

  it('is nothing that holds more than one value, and no huge integer', () => {
    const given = [
      {},
      [],
      [1, 2],
      Buffer.from('x'),
      new Float32Array(2),
      new Map(),
      new String('x'),
      Symbol('x'),
      () => 1,
    ];
    for (const one of [...given, 10n ** 255n, -(10n ** 300n), new Proxy({}, {})])
      assert.equal(scalarOf(one), NO_SCALAR);
  });

  it('leaves no rejection of a promise to nobody', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    assert.equal(scalarOf(Promise.reject(new Error('theirs'))), NO_SCALAR);
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });
});

describe('an object of named values', () => {
  it('is no list, no bytes and no container', () => {
    for (const one of [{}, Object.create(null), new (class Row {})()]) assert.ok(holdsNames(one));
    const given = [
      null,
      5,
      'x',
      [],
      Buffer.from('x'),
      new ArrayBuffer(1),
      new Map(),
      new Set(),
      new Date(),
      Promise.resolve(),
    ];
    for (const one of [...given, new String('x'), () => 1]) assert.ok(!holdsNames(one));
  });
});

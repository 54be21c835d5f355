import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readStoreError } from '../../../collector/src/ingest/store-error.ts';

const coded = (code: string, message = 'secret of a row') => Object.assign(new Error(message), { code });

describe('an error of the store', () => {
  for (const code of ['22003', '22008', '22P02']) {
    test(`${code} is about a value`, () => assert.deepEqual(readStoreError(coded(code)), { kind: 'data' }));
  }

  for (const code of ['40001', '40P01', '23503']) {
    test(`${code} is about a transaction in the way`, () => {
      assert.deepEqual(readStoreError(coded(code)), { kind: 'conflict' });
    });
  }

  const faults: [string, Error, RegExp][] = [
    ['a full disk', coded('53100'), /disk of the database is full/],
    ['too many connections', coded('53300'), /no connection left/],
    ['resources of another sort', coded('53400'), /out of resources/],
    ['a replica', coded('25006'), /read-only/],
    ['a shutdown', coded('57P01'), /shutting down/],
    ['a start', coded('57P03'), /starting up/],
    ['a timeout of a statement', coded('57014'), /took too long/],
    ['a refused connection', coded('ECONNREFUSED'), /cannot be reached/],
    ['a reset connection', coded('ECONNRESET'), /cannot be reached/],
    ['a name nobody knows', coded('ENOTFOUND'), /cannot be reached/],
    ['a full disk of the embedded store', coded('ENOSPC'), /disk of the database is full/],
    ['a connection that ended', new Error('Connection terminated unexpectedly'), /connection to the database broke/],
    ['a pool without an answer', new Error('timeout exceeded when trying to connect'), /does not answer in time/],
    ['a question without an answer', new Error('Query read timeout'), /does not answer in time/],
    ['a state nobody has thought of', coded('F0001'), /commits fail \(SQLSTATE F0001\)/],
    ['something else', new TypeError('x is undefined'), /commits fail: the log has the reason/],
  ];
  for (const [what, error, reason] of faults) {
    test(`is a fault of the store with its reason where it is ${what}`, () => {
      const read = readStoreError(error);
      assert.ok(read.kind === 'fault');
      assert.match(read.reason, reason);
      assert.doesNotMatch(read.reason, /secret/);
    });
  }

  test('is a fault where it is no error at all', () => assert.equal(readStoreError('boom').kind, 'fault'));
});

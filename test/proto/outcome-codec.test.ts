import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  decodeOutcome,
  encodeOutcome,
  LIMITS,
  type Outcome,
  OutcomeSchema,
  type PlainOutcome,
  type RefusalCode,
  WireError,
} from '@tidemark/proto';

const OUTCOME: PlainOutcome = {
  version: { model: 'm', version: '1' },
  predictionId: 'p-1',
  atMs: Date.UTC(2001, 0, 1),
  values: [
    { stage: 'outcome', field: 'delay', value: 12.5 },
    { stage: 'outcome', field: 'reason', value: 'weather' },
    { stage: 'outcome', field: 'late', value: true },
    { stage: 'outcome', field: 'refund', value: undefined },
  ],
};

describe('the way of an outcome over the wire', () => {
  test('keeps everything that it says', () => {
    const message = fromBinary(OutcomeSchema, toBinary(OutcomeSchema, encodeOutcome(OUTCOME)));
    assert.deepEqual(decodeOutcome(message), OUTCOME);
  });

  const repeated = (count: number, field: (i: number) => string) =>
    encodeOutcome({
      ...OUTCOME,
      values: Array.from({ length: count }, (_, i) => ({ stage: 'outcome', field: field(i), value: i })),
    }).values;
  const spoilt: readonly [string, RefusalCode, Partial<Outcome>][] = [
    ['without a model', 'bad_name', { model: '' }],
    ['of a version too long', 'bad_name', { version: 'x'.repeat(129) }],
    ['of no prediction', 'bad_name', { predictionId: '' }],
    ['of a prediction whose name is too long', 'bad_name', { predictionId: 'ä'.repeat(65) }],
    ['of a time beyond all numbers', 'malformed', { atUnixMs: -(2n ** 60n) }],
    ['without values', 'malformed', { values: [] }],
    ['of more values than there may be', 'too_large', { values: repeated(LIMITS.maxValues + 1, (i) => `f${i}`) }],
    ['with one field twice', 'malformed', { values: repeated(2, () => 'delay') }],
    ['with a field of no name', 'bad_name', { values: repeated(1, () => '') }],
  ];
  for (const [what, code, changes] of spoilt) {
    test(`refuses one ${what} as ${code}`, () => {
      const message = Object.assign(encodeOutcome(OUTCOME), changes);
      assert.throws(
        () => decodeOutcome(message),
        (error) => error instanceof WireError && error.code === code,
      );
    });
  }

  test('refuses values of any stage but outcome', () => {
    for (const stage of ['prediction', 'feature', 'step:outcome']) {
      const message = encodeOutcome({ ...OUTCOME, values: [{ stage, field: 'delay', value: 1 }] });
      assert.throws(() => decodeOutcome(message), { code: 'malformed', message: /expected stage outcome/ });
    }
  });
});

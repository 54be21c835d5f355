import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cardNumbers, isCardNumber } from '../../../agent/src/events/card-number.ts';

// Numbers that the schemes publish for tests.
const CARDS = [
  '4111111111111111',
  '4222222222222',
  '5555555555554444',
  '2223003122003222',
  '378282246310005',
  '6011111111111117',
  '3530111333300000',
  '30569309025904',
  '6200000000000005',
];

const found = (text: string) => cardNumbers(text).map(({ start, end }) => text.slice(start, end));

describe('a card number', () => {
  it('is known by its range and its check digit', () => {
    for (const card of CARDS) {
      assert.ok(isCardNumber(card), card);
      const wrong = card.slice(0, -1) + ((Number(card.at(-1)) + 1) % 10);
      assert.ok(!isCardNumber(wrong), wrong);
    }
    // A time in microseconds, an account, zeros.
    for (const other of ['1764105690123456', '0000000000000000', '9999999999999995']) assert.ok(!isCardNumber(other));
  });

  it('is found in text, in groups and beside other numbers', () => {
    assert.deepEqual(found('pay 4111 1111 1111 1111 12 25 now'), ['4111 1111 1111 1111']);
    assert.deepEqual(found('no. 7 4111-1111-1111-1111'), ['4111-1111-1111-1111']);
    assert.deepEqual(found('x4111111111111111y5555555555554444'), ['4111111111111111', '5555555555554444']);
    assert.deepEqual(found('94111111111111111'), []);
    assert.deepEqual(found('call 0049 30 1234567'), []);
  });
});

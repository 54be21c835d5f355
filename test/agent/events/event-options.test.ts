import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentError } from '../../../agent/src/errors.ts';
import { readEvents } from '../../../agent/src/events/event-options.ts';

function mistakesOf(given: unknown): string[] {
  try {
    readEvents(given);
  } catch (error) {
    assert.ok(error instanceof AgentError && error.code === 'TIDEMARK_OPTION_INVALID');
    return error.mistakes.map(({ option }) => option).sort();
  }
  return [];
}

describe('event options', () => {
  it('have defaults that keep no ordinary inference and no value', () => {
    const settings = readEvents({});
    const { share, perInterval, slow, lowConfidence, maxBytes, privacy } = settings;
    assert.deepEqual([share, perInterval, slow, lowConfidence], [0, 20, { quantile: 0.99 }, Number.NEGATIVE_INFINITY]);
    assert.deepEqual([maxBytes, privacy.allow], [262_144, []]);
    assert.ok(Object.isFrozen(settings));
    assert.deepEqual(readEvents({ slowMs: Number.POSITIVE_INFINITY }).slow, { ms: Number.POSITIVE_INFINITY });
  });

  it('report all mistakes at once, those of privacy too', () => {
    const given = {
      share: 1.5,
      perInterval: 0,
      slowQuantile: 0.1,
      lowConfidence: Number.NaN,
      maxBytes: 5,
      every: 1,
      privacy: { allow: ['x'], hashKey: 'k' },
    };
    const names = ['every', 'lowConfidence', 'maxBytes', 'perInterval', 'privacy.allow[0]', 'privacy.hashKey'];
    assert.deepEqual(
      mistakesOf(given),
      [...names, 'share', 'slowQuantile'].map((name) => `events.${name}`),
    );
  });

  it('take one way of being slow', () => {
    assert.deepEqual(mistakesOf({ slowMs: 5, slowQuantile: 0.9 }), ['events.slowQuantile']);
  });

  it('never show what was given in the place of an object', () => {
    for (const given of ['secret-key-in-the-wrong-place', [{ hashKey: 'secret-key' }], { privacy: ['secret-key'] }]) {
      assert.throws(
        () => readEvents(given),
        (error: AgentError) => !JSON.stringify([error.message, error.mistakes]).includes('secret-key'),
      );
    }
  });
});

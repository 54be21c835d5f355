import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LimitedLog } from '../../agent/src/limited-log.ts';

describe('the log', () => {
  it('says at most one thing a minute and counts what it left out', () => {
    const said: string[] = [];
    let now = 0;
    const log = new LimitedLog(
      (message) => said.push(message),
      () => now,
    );
    for (now = 0; now < 120_000; now += 1_000) log.say(`at ${now}`);
    assert.deepEqual(said, ['tidemark: at 0', 'tidemark: at 60000 (59 more messages in between)']);
  });

  it('takes no harm from a log that throws', () => {
    const log = new LimitedLog(() => assert.fail('theirs'));
    assert.doesNotThrow(() => log.say('x'));
  });
});

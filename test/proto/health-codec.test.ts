import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { type AgentHealth, AgentHealthSchema, decodeHealth, encodeHealth, type PlainHealth } from '@tidemark/proto';

const HEALTH: PlainHealth = {
  captured: Number.MAX_SAFE_INTEGER,
  sent: 3,
  pending: 2,
  dropped: 1,
  cpuMs: 12.5,
  bytesSent: 4096,
  queueBytes: 512,
  queueBatches: 2 ** 32 - 1,
  eventLoopDelayP99Ms: 0.25,
  clockSkewMs: -1500,
};

describe("the way of an agent's health over the wire", () => {
  test('keeps everything that it says', () => {
    const message = fromBinary(AgentHealthSchema, toBinary(AgentHealthSchema, encodeHealth(HEALTH)));
    assert.deepEqual(decodeHealth(message), HEALTH);
  });

  const spoilt: readonly [string, Partial<AgentHealth>][] = [
    ['a count above 2^53', { captured: 2n ** 53n }],
    ['bytes above 2^53', { queueBytes: 2n ** 64n - 1n }],
    ['less than no CPU time', { cpuMs: -1 }],
    ['CPU time that is no number', { cpuMs: Number.NaN }],
    ['an endless delay of the event loop', { eventLoopDelayP99Ms: Infinity }],
    ['a skew beyond all numbers', { clockSkewMs: -(2n ** 60n) }],
  ];
  for (const [what, change] of spoilt) {
    test(`refuses ${what}`, () => {
      assert.throws(() => decodeHealth(Object.assign(encodeHealth(HEALTH), change)), { code: 'malformed' });
    });
  }
});

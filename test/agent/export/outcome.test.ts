import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import { outcomeOfStatus } from '../../../agent/src/export/outcome.ts';

const EXPECTED: Record<keyof typeof status, 'retry' | 'refused' | 'retry slowly'> = {
  OK: 'retry',
  CANCELLED: 'retry',
  UNKNOWN: 'retry',
  INVALID_ARGUMENT: 'refused',
  DEADLINE_EXCEEDED: 'retry',
  NOT_FOUND: 'retry slowly',
  ALREADY_EXISTS: 'refused',
  PERMISSION_DENIED: 'retry slowly',
  RESOURCE_EXHAUSTED: 'retry',
  FAILED_PRECONDITION: 'refused',
  ABORTED: 'retry',
  OUT_OF_RANGE: 'refused',
  UNIMPLEMENTED: 'retry slowly',
  INTERNAL: 'retry',
  UNAVAILABLE: 'retry',
  DATA_LOSS: 'retry',
  UNAUTHENTICATED: 'retry slowly',
};

describe('the end of a stream', () => {
  for (const [name, code] of Object.entries(status).filter(([, code]) => typeof code === 'number')) {
    it(`with ${name} is ${EXPECTED[name as keyof typeof EXPECTED]}`, () => {
      const outcome = outcomeOfStatus({ code: Number(code), details: 'why' });
      const slowly = outcome.kind === 'retry' && outcome.afterMs !== undefined ? ' slowly' : '';
      assert.equal(`${outcome.kind}${slowly}`, EXPECTED[name as keyof typeof EXPECTED]);
      assert.equal(outcome.cause.message, `${name}: why`);
    });
  }

  it('with a code that does not exist is retried', () => {
    for (const code of [17, -1, 999, Number.NaN]) assert.equal(outcomeOfStatus({ code, details: '' }).kind, 'retry');
  });

  it('because of a message that will never fit is refused', () => {
    const details = 'Received message larger than max (5000000 vs 4194304)';
    assert.equal(outcomeOfStatus({ code: status.RESOURCE_EXHAUSTED, details }).kind, 'refused');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metrics } from '@opentelemetry/api';
import type { Mistake } from '../../../agent/src/errors.ts';
import { readOptions } from '../../../agent/src/option-table.ts';
import { TRACE_ROWS } from '../../../agent/src/trace/trace-options.ts';

const read = (given: unknown) => {
  const mistakes: Mistake[] = [];
  return { options: readOptions(TRACE_ROWS, given, '', mistakes), wrong: mistakes.map(({ option }) => option) };
};

describe('the options of tracing', () => {
  it('annotate spans and measure nothing unless told otherwise', () => {
    assert.deepEqual(read({}), { options: { trace: true, metrics: false }, wrong: [] });
  });

  it('take a provider of meters', () => {
    const provider = metrics.getMeterProvider();
    assert.equal(read({ metrics: provider }).options.metrics, provider);
    assert.deepEqual(read({ trace: false, metrics: true }).wrong, []);
  });

  it('refuse everything else, all at once', () => {
    for (const value of ['yes', 1, null, {}, { getMeter: 1 }, []]) {
      assert.deepEqual(read({ trace: value, metrics: value }).wrong, ['trace', 'metrics']);
    }
  });
});

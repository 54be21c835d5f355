import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GUARD_STAGE, GuardSeries } from '../../../agent/src/guard/guard-series.ts';
import { Losses } from '../../../agent/src/losses.ts';
import { readModel } from '../../../agent/src/model-options.ts';
import { MAX_SERIES, ModelVersion } from '../../../agent/src/record/model-version.ts';
import { WindowRecord } from '../../../agent/src/window/window-record.ts';
import { makeGuard } from './make-guard.ts';

function setUp() {
  const version = new ModelVersion(readModel({ name: 'm', version: '1' }), new Losses());
  return { version, window: new WindowRecord<ModelVersion>(version, 0, 60_000) };
}

describe('what a guard did', () => {
  it('is recorded as series of the model version', () => {
    const { version, window } = setUp();
    const series = new GuardSeries(version);
    const { guard } = makeGuard({ fields: { age: { max: 5 }, ['x'.repeat(100)]: { max: 0, action: 'reject' } } });
    const rows = [{ age: 1 }, { age: 9 }, { age: 9, ['x'.repeat(100)]: 1 }];
    for (const row of rows) series.record(window, guard.before({}, row, []), guard.lastMs);
    const kept = Object.fromEntries(
      [...window.entries()].map(({ stage, field, summary }) => [`${stage}/${field}`, summary]),
    );
    const verdicts = kept[`${GUARD_STAGE}/verdict`]?.categories.entries().map(({ key, count }) => [key, count]);
    assert.deepEqual(
      new Map(verdicts as [string, number][]),
      new Map([
        ['pass', 1],
        ['annotate', 1],
        ['reject', 1],
      ]),
    );
    const violations = kept[`${GUARD_STAGE}/violation`]?.categories.entries() ?? [];
    assert.deepEqual([violations[0]?.key, violations[0]?.count], ['range:feature/age', 2]);
    assert.ok(violations.every(({ key }) => Buffer.byteLength(key) <= 64) && violations.length === 2);
    assert.equal(kept[`${GUARD_STAGE}/check_ms`]?.kinds.valid, 3);
  });

  it('is a counted loss where the version has no room for it', () => {
    const { version, window } = setUp();
    for (let i = 0; i < MAX_SERIES - 1; i++) version.find('feature', `f${i}`);
    const series = new GuardSeries(version);
    series.record(window, undefined, 1);
    assert.equal(version.losses.total('field-limit'), 2);
    assert.deepEqual(
      [...window.entries()].map(({ field }) => field),
      ['verdict'],
    );
  });
});

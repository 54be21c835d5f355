import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FAULT_HOLDS_MS, StoreCondition } from '../../../collector/src/ingest/store-condition.ts';

/** A condition with a clock to turn, what it was told, and commits that fail with a code. */
function observed() {
  const state = { now: 0 };
  const told: (string | null)[] = [];
  const condition = new StoreCondition(
    (fault) => told.push(fault?.reason ?? null),
    () => state.now,
  );
  const fail = (code: string) =>
    assert.rejects(condition.watch(() => Promise.reject(Object.assign(new Error('no'), { code }))));
  return { state, told, condition, fail };
}

describe('the condition of the store', () => {
  test('is told once per change, and clears with the next good commit', async () => {
    const { told, condition, fail } = observed();
    assert.deepEqual(condition.health, { ok: true, detail: 'commits' });
    for (let i = 0; i < 3; i++) await fail('53100');
    assert.match(condition.health.detail, /disk .* full/);
    assert.equal(condition.health.ok, false);
    for (let i = 0; i < 3; i++) await fail('25006');
    assert.match(condition.health.detail, /read-only/);
    assert.equal(await condition.watch(async () => 7), 7);
    assert.equal(condition.health.ok, true);
    await condition.watch(async () => undefined);
    assert.deepEqual(
      told.map((reason) => reason?.replace(/^.*SQLSTATE (\w+).*$/, '$1') ?? null),
      ['53100', '25006', null],
    );
  });

  test('does not suffer from a bad value or a transaction in the way', async () => {
    const { told, condition, fail } = observed();
    for (const code of ['22003', '40001', '23503']) await fail(code);
    assert.equal(condition.health.ok, true);
    assert.deepEqual(told, []);
  });

  test('is not held against the store for ever while nobody comes to find out', async () => {
    const { state, condition, fail } = observed();
    await fail('57P01');
    state.now = FAULT_HOLDS_MS;
    assert.equal(condition.health.ok, false);
    state.now += 1;
    assert.equal(condition.health.ok, true);
    await fail('57P01');
    assert.equal(condition.health.ok, false, 'whoever comes finds it as it was');
  });
});

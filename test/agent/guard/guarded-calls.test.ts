import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { concludeCall } from '../../../agent/src/guard/conclude-call.ts';
import type { Guard, Verdict } from '../../../agent/src/guard/guard.ts';
import type { PendingChecks } from '../../../agent/src/guard/pending-checks.ts';
import { TidemarkRejection } from '../../../agent/src/guard/rejection.ts';
import { joinVerdicts } from '../../../agent/src/guard/verdict.ts';
import { verdictOf } from '../../../agent/src/guard/verdict-notes.ts';
import type { Callable } from '../../../agent/src/observe/call.ts';
import type { Call, CallWatch, Instead } from '../../../agent/src/observe/call-watch.ts';
import { wrapFunction } from '../../../agent/src/observe/wrap.ts';
import { makeGuard } from './make-guard.ts';

type GuardedCall = Call & { readonly verdict: Verdict | undefined; readonly pending: PendingChecks | undefined };

/** A watch that does nothing but guard: the first argument holds the features, the result the prediction. */
class GuardedWatch implements CallWatch {
  readonly #guard: Guard;
  readonly #promised: boolean;
  readonly recorded: (string | undefined)[] = [];

  constructor(guard: Guard, promised: boolean) {
    this.#guard = guard;
    this.#promised = promised;
  }

  get replaces(): boolean {
    return this.#guard.replaces;
  }

  begin(args: readonly unknown[]): GuardedCall {
    const verdict = this.#guard.before({}, args[0] as object, args);
    const pending = this.#guard.takePending();
    const instead = verdict === undefined ? undefined : this.#guard.instead(verdict, args);
    if (instead !== undefined) this.recorded.push(verdict?.action);
    return { atMs: 0, startedMs: 0, rows: 1, instead, verdict, pending };
  }

  end(call: GuardedCall, result: unknown, args: readonly unknown[]): Instead | undefined {
    const after = this.#guard.after(result as object, {}, result, args);
    const pending = [call.pending, this.#guard.takePending()].filter((checks) => checks !== undefined);
    const verdict = joinVerdicts(call.verdict, after);
    const told = (last: Verdict | undefined) => void this.recorded.push(last?.action);
    return concludeCall(this.#guard, { result, args, promised: this.#promised, verdict, pending, told });
  }

  fail(): void {}
  lose(): void {}
}

function guarded<F extends Callable>(fn: F, options: object, promised = false) {
  const { guard, lost } = makeGuard(options);
  const watch = new GuardedWatch(guard, promised);
  return { call: wrapFunction(fn, watch, (error) => assert.fail(String(error))), recorded: watch.recorded, lost };
}

const theirs = new Error('theirs');
const throwing = () => {
  throw theirs;
};
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a guarded function', () => {
  it('answers by promises as soon as it is known to, also where something takes its place', async () => {
    const later = (row: { x: number }) => Promise.resolve({ y: row.x });
    const refused = guarded(later, { fields: { x: { max: 0, action: 'reject' } } });
    assert.deepEqual(await refused.call({ x: 0 }), { y: 0 });
    const refusal = refused.call({ x: 1 });
    assert.ok(refusal instanceof Promise);
    await assert.rejects(refusal, TidemarkRejection);
    const replaced = guarded(later, { fields: { x: { max: 0, action: 'fallback' } }, fallback: () => ({ y: -1 }) });
    await replaced.call({ x: 0 });
    assert.deepEqual(await replaced.call({ x: 1 }).then(({ y }) => y), -1);
  });

  it('is not called where a check before it refuses, or has a fallback', () => {
    const fn = () => assert.fail('not called') as { y: number };
    const refused = guarded(fn as (f: object) => { y: number }, { fields: { x: { max: 0, action: 'reject' } } });
    assert.throws(() => refused.call({ x: 1 }), TidemarkRejection);
    const result = { y: 0 };
    const replaced = guarded(fn as (f: object) => { y: number }, {
      fields: { x: { max: 0, action: 'fallback' } },
      fallback: () => result,
    });
    assert.equal(replaced.call({ x: 1 }), result);
    assert.equal(verdictOf(result)?.action, 'fallback');
    assert.deepEqual([refused.recorded, replaced.recorded], [['reject'], ['fallback']]);
  });

  it('gives its own result with a note where a check annotates', () => {
    const result = Object.freeze({ y: 5 });
    const { call, recorded } = guarded((_: object) => result, { fields: { x: { max: 0 } } });
    assert.equal(call({ x: 1 }), result);
    assert.equal(verdictOf(result)?.violations[0]?.field, 'x');
    call({ x: 0 });
    assert.equal(verdictOf(result), undefined);
    assert.deepEqual(recorded, ['annotate', undefined]);
  });

  it('that answers by a promise gets its result replaced, checked by a promise or not', async () => {
    const fn = async (f: { x: number }) => ({ y: f.x });
    const fields = [{ stage: 'prediction', field: 'y', max: 0, action: 'fallback' }];
    const late = { name: 'late', before: async ({ x }: { x: number }) => x < 10, action: 'reject' };
    const { call, recorded } = guarded(fn, { fields, custom: [late], fallback: async () => ({ y: -1 }) }, true);
    assert.deepEqual(await call({ x: 0 }), { y: 0 });
    const replaced = await call({ x: 1 });
    assert.deepEqual([replaced, verdictOf(replaced)?.action], [{ y: -1 }, 'fallback']);
    await assert.rejects(call({ x: 10 }), TidemarkRejection);
    assert.deepEqual(recorded, [undefined, 'fallback', 'reject']);
  });

  it('is what it was, and takes no memory, over 200 000 calls with checks that all throw', () => {
    const { call, recorded, lost } = guarded((f: { x: number }) => f.x, {
      fields: [{ field: 'x', max: 5 }],
      relations: [{ name: 'r', fields: ['x'], test: throwing }],
      custom: [{ name: 'c', before: throwing, after: throwing, action: 'reject' }],
      onVerdict: throwing,
    });
    const row = {
      get x(): number {
        return 9;
      },
    };
    let changed = 0;
    const run = (count: number) => {
      for (let i = 0; i < count; i++) if (call(row) !== 9) changed++;
      recorded.length = 0;
      lost.length = 0;
      collectGarbage();
    };
    run(20_000);
    const before = process.memoryUsage().heapUsed;
    for (let round = 0; round < 10; round++) run(20_000);
    const grown = process.memoryUsage().heapUsed - before;
    assert.equal(changed, 0);
    assert.ok(grown < 1024 * 1024, `${grown} bytes more`);
  });
});

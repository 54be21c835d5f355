import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { concludeCall } from '../../../agent/src/guard/conclude-call.ts';
import { MAX_PENDING } from '../../../agent/src/guard/custom-checks.ts';
import type { Guard, Verdict } from '../../../agent/src/guard/guard.ts';
import { TidemarkRejection } from '../../../agent/src/guard/rejection.ts';
import { joinVerdicts } from '../../../agent/src/guard/verdict.ts';
import { verdictOf } from '../../../agent/src/guard/verdict-notes.ts';
import { makeGuard } from './make-guard.ts';

const DATA = process.env.TIDEMARK_TEST_DATA ?? new URL('../../../../shared/data', import.meta.url).pathname;
const MODEL = `${DATA}/models/tribuo_iris_lr.onnx`;
const RESULT = () => Object.freeze({ answer: 42 });

/** What a watch does with one call of a function that answers `result`, at once or by a promise. */
function callOf(guard: Guard, result: unknown, promised: boolean, args: readonly unknown[] = []) {
  const recorded: (Verdict | undefined)[] = [];
  const first = guard.before({}, {}, args);
  const waiting = [guard.takePending()];
  const second = guard.after({}, {}, result, args);
  waiting.push(guard.takePending());
  const pending = waiting.filter((checks) => checks !== undefined);
  const told = (verdict: Verdict | undefined) => void recorded.push(verdict);
  const verdict = joinVerdicts(first, second);
  return { recorded, instead: concludeCall(guard, { result, args, promised, verdict, pending, told }) };
}

const custom = (before: unknown, more: object = {}, options: object = {}) =>
  makeGuard({ custom: [{ name: 'filter', before, action: 'reject', ...more }], ...options });

describe('a check of the caller’s own', () => {
  it('decides at once where it answers at once, and gets fields and arguments', () => {
    const seen: unknown[] = [];
    const { guard } = custom((...given: unknown[]) => seen.push(...given) === 0);
    const args = ['a'];
    const features = { x: 1 };
    assert.equal(guard.before({ raw: 1 }, features, args)?.action, 'reject');
    assert.ok(seen[0] === features && seen[1] === args && seen.length === 2);
    assert.equal(guard.takePending(), undefined);
  });

  it('fails where it throws or answers neither true nor false, and is taken as told', () => {
    for (const answer of [() => assert.fail('theirs'), () => undefined, () => 1, () => 'true', () => ({})]) {
      const open = custom(answer);
      assert.equal(open.guard.before({}, {}, []), undefined);
      assert.deepEqual(open.lost, ['check-failed']);
      const closed = custom(answer, {}, { onFailure: 'closed' });
      const verdict = closed.guard.before({}, {}, []);
      assert.deepEqual([verdict?.action, verdict?.violations[0]?.got], ['reject', 'a check that failed']);
    }
  });

  it('by promise is waited for where the function answers by one, and decides about the result', async () => {
    const result = RESULT();
    const passed = callOf(custom(async () => true).guard, result, true);
    assert.deepEqual(passed.recorded, []);
    assert.equal(await passed.instead?.(), result);
    assert.deepEqual(passed.recorded, [undefined]);
    const refused = callOf(custom(async () => false).guard, result, true);
    await assert.rejects(async () => refused.instead?.(), TidemarkRejection);
    assert.deepEqual(
      refused.recorded.map((verdict) => verdict?.action),
      ['reject'],
    );
    const replaced = callOf(
      makeGuard({ custom: [{ name: 'c', after: async () => false, action: 'fallback' }], fallback: async () => result })
        .guard,
      { other: 1 },
      true,
    );
    assert.equal(await replaced.instead?.(), result);
    assert.equal(
      verdictOf(result)?.action,
      'fallback',
      'the result of a fallback by promise is noted, not the promise',
    );
  });

  it('by promise only annotates where the function has answered at once, which is counted', async () => {
    const result = RESULT();
    const told: string[] = [];
    const onVerdict = ({ action }: Verdict) => told.push(action);
    const { guard, lost } = custom(async () => false, {}, { onVerdict });
    const { instead, recorded } = callOf(guard, result, false);
    assert.equal(instead, undefined);
    assert.deepEqual(lost, ['check-late']);
    while (recorded.length === 0) await turn();
    assert.deepEqual([recorded[0]?.action, verdictOf(result)?.action, told], ['annotate', 'annotate', ['annotate']]);
  });

  it('by promise that only annotates keeps nobody waiting', async () => {
    const result = RESULT();
    const { guard, lost } = custom(async () => false, { action: 'annotate' });
    const { instead, recorded } = callOf(guard, result, true);
    assert.equal(instead, undefined);
    while (recorded.length === 0) await turn();
    assert.equal(verdictOf(result)?.violations[0]?.field, 'filter');
    assert.deepEqual(lost, []);
  });

  it('by promise fails where that rejects, breaks, answers something else or is late', async () => {
    const breaking = Object.defineProperty({}, 'then', { value: () => assert.fail('theirs') });
    const answers = [
      () => Promise.reject(new Error('theirs')),
      () => breaking,
      async () => 'yes',
      () => new Promise(() => {}),
    ];
    for (const answer of answers) {
      const result = RESULT();
      for (const onFailure of ['open', 'closed']) {
        const { guard, lost, deadlines } = custom(answer, {}, { onFailure });
        const { instead } = callOf(guard, result, true);
        const answered = (async () => instead?.())().catch((error: unknown) => error);
        assert.equal(deadlines.held, 1, 'the process stays for it while a caller waits');
        for (let i = 0; i < 3; i++) await turn();
        deadlines.pass();
        const outcome = await answered;
        assert.ok(onFailure === 'open' ? outcome === result : outcome instanceof TidemarkRejection);
        assert.deepEqual(lost, ['check-failed']);
        assert.equal(deadlines.open.size, 0);
      }
    }
  });

  it('that answers after its time changes nothing any more', async () => {
    let answer: (holds: boolean) => void = () => {};
    const { guard, lost, deadlines } = custom(() => new Promise((resolve) => (answer = resolve)));
    const result = RESULT();
    const { instead, recorded } = callOf(guard, result, true);
    const answered = instead?.();
    deadlines.pass();
    answer(false);
    assert.equal(await answered, result);
    assert.deepEqual([lost, recorded], [['check-failed'], [undefined]]);
  });

  it('is waited for by a bounded number of calls; beyond, it counts as failed', async () => {
    const { guard, lost, deadlines } = custom(() => new Promise(() => {}));
    for (let i = 0; i < MAX_PENDING + 10; i++) guard.before({}, {}, []);
    assert.equal(lost.length, 10);
    assert.equal(deadlines.open.size, MAX_PENDING);
    deadlines.pass();
    assert.equal(lost.length, MAX_PENDING + 10);
    guard.before({}, {}, []);
    assert.equal(deadlines.open.size, 1, 'there is room again');
    deadlines.pass();
  });

  it('takes the verdict of an earlier call back from a result that is given again', () => {
    const result = RESULT();
    const { guard } = makeGuard({ custom: [{ name: 'c', after: (_: unknown, [ok]: readonly boolean[]) => ok }] });
    callOf(guard, result, false, [false]);
    assert.equal(verdictOf(result)?.action, 'annotate');
    callOf(guard, result, false, [true]);
    assert.equal(verdictOf(result), undefined);
    callOf(guard, 5, false, [false]);
    assert.equal(verdictOf(5 as never), undefined, 'a number cannot be noted');
  });

  const skip = existsSync(MODEL) ? false : 'the models are not here; set TIDEMARK_TEST_DATA to their folder';
  it('may be a filter model on the ONNX runtime', { skip }, async () => {
    const ort = await import('onnxruntime-node');
    const session = await ort.InferenceSession.create(MODEL);
    const [input, output] = [session.inputNames[0] ?? '', session.outputNames[0] ?? ''];
    const classOf = async (row: readonly number[]) => {
      const results = await session.run(
        { [input]: new ort.Tensor('float32', Float32Array.from(row), [1, row.length]) },
        [output],
      );
      const { data } = results[output] ?? assert.fail('no output');
      return Number(data[0]);
    };
    const rows = [
      [5.1, 3.5, 1.4, 0.2],
      [6.3, 3.3, 6, 2.5],
    ] as const;
    const [mine, other] = await Promise.all(rows.map(classOf));
    assert.notEqual(mine, other, 'the model tells the two rows apart');
    const filter = async (_: object, [row]: readonly (readonly number[])[]) => (await classOf(row ?? [])) === mine;
    const { guard, lost } = custom(filter);
    const result = RESULT();
    assert.equal(await callOf(guard, result, true, [rows[0]]).instead?.(), result);
    await assert.rejects(async () => callOf(guard, result, true, [rows[1]]).instead?.(), TidemarkRejection);
    assert.deepEqual(lost, []);
  });
});

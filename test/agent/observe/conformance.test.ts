import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Call, CallWatch } from '../../../agent/src/observe/call-watch.ts';
import { wrapFunction } from '../../../agent/src/observe/wrap.ts';
import { makeAgent, NOWHERE } from '../make-agent.ts';
import { ASYNC } from './conformance-async.ts';
import { CALLS, type Case, type Wrap } from './conformance-calls.ts';
import { LOOKS } from './conformance-looks.ts';

const CASES: Record<string, Case> = { ...CALLS, ...ASYNC, ...LOOKS };

/** A bare function. */
const bare: Wrap = (fn) => fn;

const fails = (): never => assert.fail('ours');
const begins = (): Call => ({ atMs: 0, startedMs: 0, rows: 1 });
const watch = (given: Partial<CallWatch>): Wrap => {
  const whole = { begin: begins, end: () => undefined, fail: () => {}, lose: () => {}, ...given };
  return (fn) => wrapFunction(fn, whole, () => {});
};

const agent = makeAgent({}, { transport: NOWHERE });
after(() => agent.stop({ timeoutMs: 0 }));
const wrong = { input: fails, features: fails, prediction: fails, confidence: fails, at: fails };
const asked = { features: (first: unknown) => ({ first: typeof first }), prediction: () => ({ answered: true }) };

/** Everything a function may be watched by. */
const WATCHED: Record<string, Wrap> = {
  'by a watch': watch({}),
  'by a broken watch': watch({ begin: fails }),
  'by one that breaks later': watch({ end: fails, fail: fails, lose: fails }),
  'by an agent': (fn) => agent.wrap(fn, asked as never),
  'by an agent whose extractors throw': (fn) => agent.wrap(fn, wrong as never),
};

/** Wrappers as they are often written, each wrong in its own way; every case has to find one of them out. */
const SABOTEURS: Record<string, Wrap> = {
  'one that forgets the result': () => (() => undefined) as never,
  'one that is async': (fn) => (async (...args: never[]) => fn(...args)) as never,
  'one that forgets this and looks': (fn) => ((...args: never[]) => fn(...args)) as never,
  'one that reads what passes': (fn) => {
    return function (this: unknown, ...args: never[]) {
      const result: unknown = Reflect.apply(fn, this, args);
      for (const value of [...args, result, fn]) JSON.stringify(value);
      void (fn as { x?: unknown }).x;
      for (const value of [...args, result] as { x?: unknown; then?: unknown }[]) void [value?.x, `${value}`];
      return result;
    } as never;
  },
  'one that calls twice': (fn) => {
    return function (this: unknown, ...args: never[]) {
      void Reflect.apply(fn, this, args);
      return Reflect.apply(fn, this, args);
    } as never;
  },
  'one that touches the function': (fn) => {
    void (fn as { x?: unknown }).x;
    return fn;
  },
  'one that makes errors of its own': () => (() => assert.fail('ours')) as never,
  'one that is frozen': (fn) => Object.freeze(fn.bind(undefined)) as never,
  'one that takes its time': (fn) => {
    return (async (...args: never[]) => {
      for (let i = 0; i < 5; i++) await null;
      return fn(...args);
    }) as never;
  },
};

async function outcomeOf(use: Case, wrap: Wrap): Promise<unknown> {
  try {
    return ['done', await use(wrap)];
  } catch (error) {
    return ['failed', error];
  }
}

describe('wrapped and bare are alike', () => {
  assert.ok(Object.keys(CASES).length >= 100, 'the table is the promise');
  for (const [name, use] of Object.entries(CASES)) {
    for (const [how, wrap] of Object.entries(WATCHED)) {
      it(`${name}, ${how}`, async () => {
        const outcome = await outcomeOf(use, bare);
        assert.deepEqual(outcome, await outcomeOf(use, bare), 'the case answers the same each time');
        assert.deepEqual(await outcomeOf(use, wrap), outcome);
      });
    }
    it(`${name}: a wrong wrapper is found out`, async () => {
      const outcome = await outcomeOf(use, bare);
      for (const wrap of Object.values(SABOTEURS)) {
        try {
          assert.deepEqual(await outcomeOf(use, wrap), outcome);
        } catch {
          return;
        }
      }
      assert.fail('no wrong wrapper was');
    });
  }

  it('has as many rejections that nobody handles', async () => {
    const program = `
      import { createAgent } from '@tidemark/agent';
      const agent = createAgent({ collector: '127.0.0.1:1', model: { name: 'm', version: '1' }, log: () => {} });
      const seen = { bare: 0, wrapped: 0 };
      process.on('unhandledRejection', (how) => seen[how]++);
      const later = () => new Promise((resolve) => setImmediate(resolve));
      for (const [how, wrap] of [['bare', (fn) => fn], ['wrapped', (fn) => agent.wrap(fn)]]) {
        wrap(async () => { throw how; })();
        wrap(async () => { await later(); throw how; })();
        wrap(async () => { throw how; })().catch(() => {});
        const stream = wrap(async function* () { yield 1; throw how; })();
        stream.next();
        stream.next();
        wrap(async function* () { throw how; })().next().catch(() => {});
        for (let i = 0; i < 5; i++) await later();
      }
      console.log(JSON.stringify(seen));`;
    const flags = ['--conditions=tidemark-source', '--disable-warning=ExperimentalWarning', '--input-type=module'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '-e', program], {
      cwd: new URL('../../../agent/', import.meta.url),
      timeout: 20_000,
    });
    assert.deepEqual(JSON.parse(stdout), { bare: 3, wrapped: 3 });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import vm from 'node:vm';
import type { Callable } from '../../../agent/src/observe/call.ts';
import type { Call, CallWatch } from '../../../agent/src/observe/call-watch.ts';
import { wrapFunction } from '../../../agent/src/observe/wrap.ts';

class Recording implements CallWatch {
  readonly seen: unknown[][] = [];
  begin(args: readonly unknown[]): Call {
    this.seen.push(['begin', ...args]);
    return { atMs: 0, startedMs: 0, rows: 1 };
  }
  end(_: Call, result: unknown): undefined {
    this.seen.push(['end', result]);
  }
  fail(): void {
    this.seen.push(['fail']);
  }
  lose(): void {
    this.seen.push(['lose']);
  }
}

const BROKEN: CallWatch = {
  begin: () => {
    throw new Error('ours');
  },
  end: () => assert.fail('no call began'),
  fail: () => assert.fail('no call began'),
  lose: () => assert.fail('no call began'),
};
const BROKEN_LATER: CallWatch = {
  begin: () => ({ atMs: 0, startedMs: 0, rows: 1 }),
  end: () => assert.fail('ours'),
  fail: () => assert.fail('ours'),
  lose: () => assert.fail('ours'),
};

const shared = Promise.resolve('shared');
const failure = new TypeError('theirs');
const bald: unknown = Object.setPrototypeOf(Promise.resolve('bald'), null);
const object = { answer: 42 };
const noFailure = (error: unknown): void => assert.fail(String(error));
/** No promise, but something that can be awaited. */
const thenable = (then: (done: (x: number) => void) => void) => Object.defineProperty({}, 'then', { value: then });
class Lazy<T> extends Promise<T> {}

/** Functions and what they must do, bare and wrapped. */
const TABLE: Record<string, { fn: Callable; args?: unknown[]; ends: string }> = {
  'a plain function': { fn: () => object, ends: 'end' },
  'one that returns nothing': { fn: () => {}, ends: 'end' },
  'one that uses this': {
    fn: function (this: { tag: string }) {
      return this?.tag;
    },
    ends: 'end',
  },
  'one that counts its arguments': { fn: (...args: unknown[]) => args.length, args: [1, undefined, 3], ends: 'end' },
  'one that throws': {
    fn: () => {
      throw failure;
    },
    ends: 'fail',
  },
  'one that throws no error': {
    fn: () => {
      throw undefined;
    },
    ends: 'fail',
  },
  'an async function': { fn: async () => object, ends: 'end' },
  'an async function that throws': {
    fn: async () => {
      throw failure;
    },
    ends: 'fail',
  },
  'one that returns a promise it keeps': { fn: () => shared, ends: 'end' },
  'one that returns a rejected promise': { fn: () => Promise.reject(failure), ends: 'fail' },
  'one that returns a promise of another realm': { fn: vm.runInNewContext('(() => Promise.resolve(5))'), ends: 'end' },
  'one that returns a class of promise': { fn: () => Lazy.resolve(6), ends: 'lose' },
  'one that returns a promise without a prototype': {
    fn: () => bald,
    ends: 'lose',
  },
  'one that returns a promise whose class breaks': {
    fn: () => Object.defineProperty(Promise.resolve(9), 'constructor', { get: () => assert.fail('theirs') }),
    ends: 'lose',
  },
  'one that returns a thenable': { fn: () => thenable((done) => done(7)), ends: 'lose' },
  'a generator function': {
    fn: function* () {
      yield 1;
    } as never,
    ends: 'end',
  },
};

async function outcomeOf(fn: Callable, self: unknown, args: readonly unknown[]): Promise<unknown[]> {
  try {
    const result: unknown = Reflect.apply(fn, self, args);
    if (typeof (result as { next?: unknown })?.next === 'function')
      return ['iterates', [...(result as Iterable<unknown>)]];
    return [typeof (result as Promise<unknown>)?.then === 'function' ? 'promises' : 'returns', await result];
  } catch (error) {
    return ['throws', error];
  }
}

describe('a wrapped function', () => {
  for (const [name, { fn, args = [], ends }] of Object.entries(TABLE)) {
    for (const [how, watch] of Object.entries({
      watched: new Recording(),
      'watched by a broken watch': BROKEN,
      'watched by one that breaks later': BROKEN_LATER,
    })) {
      it(`does what the bare one does: ${name}, ${how}`, async () => {
        const failures: unknown[] = [];
        const wrapped = wrapFunction(fn, watch, (error) => failures.push(error));
        const self = { tag: 'self' };
        assert.deepEqual(await outcomeOf(wrapped, self, args), await outcomeOf(fn, self, args));
        assert.equal(wrapped.name, fn.name);
        assert.equal(wrapped.length, fn.length);
        assert.deepEqual(Reflect.ownKeys(wrapped).sort(), Reflect.ownKeys(fn).sort());
        if (watch instanceof Recording)
          assert.deepEqual(
            watch.seen.map(([what]) => what),
            ['begin', ends],
          );
        else assert.equal(failures.length, 1);
      });
    }
  }

  it('returns the very result, and the very promise where another may hold it', () => {
    assert.equal(wrapFunction(() => object, new Recording(), noFailure)(), object);
    assert.equal(wrapFunction(() => shared, new Recording(), noFailure)(), shared);
  });

  it('makes no unhandled rejection of its own', async () => {
    const seen: unknown[] = [];
    const note = (error: unknown) => seen.push(error);
    process.on('unhandledRejection', note);
    for (const fn of [async () => Promise.reject(failure), () => Promise.reject(failure)]) {
      await assert.rejects(wrapFunction(fn, new Recording(), noFailure)(), failure);
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    assert.deepEqual(seen, []);
  });

  it('does not start a lazy thenable', () => {
    let started = 0;
    const lazy = thenable(() => started++);
    assert.equal(wrapFunction(() => lazy, new Recording(), noFailure)(), lazy);
    assert.equal(started, 0);
  });

  it('reads its input before the call', () => {
    const watch = new Recording();
    const order: string[] = [];
    watch.begin = () => {
      order.push('begin');
      return { atMs: 0, startedMs: 0, rows: 1 };
    };
    wrapFunction(() => order.push('call'), watch, noFailure)();
    assert.deepEqual(order, ['begin', 'call']);
  });

  it('keeps own properties with their descriptors, and can be constructed where the bare one can', () => {
    class Thing {
      readonly x: number;
      constructor(x: number) {
        this.x = x;
      }
    }
    function Old(this: { x: number }, x: number) {
      this.x = x;
    }
    Object.defineProperty(Old, 'hidden', { value: 1, enumerable: false });
    const Wrapped = wrapFunction(Old, new Recording(), noFailure) as unknown as new (x: number) => Thing;
    const made = new Wrapped(3);
    assert.ok(made instanceof Old && made instanceof Wrapped);
    assert.equal(made.x, 3);
    assert.deepEqual(
      Object.getOwnPropertyDescriptor(Wrapped, 'hidden'),
      Object.getOwnPropertyDescriptor(Old, 'hidden'),
    );
    const WrappedClass = wrapFunction(Thing as never, new Recording(), noFailure) as unknown as typeof Thing;
    class Derived extends WrappedClass {}
    assert.ok(new Derived(4) instanceof Thing && new Derived(4) instanceof Derived);
    const arrow = wrapFunction(() => 1, new Recording(), noFailure);
    assert.throws(() => Reflect.construct(arrow, []), TypeError);
  });

  it('is not wrapped, and counted, twice', () => {
    const watch = new Recording();
    const once = wrapFunction(() => 1, watch, noFailure);
    assert.equal(wrapFunction(once, new Recording(), noFailure), once);
    once();
    assert.equal(watch.seen.length, 2);
  });
});

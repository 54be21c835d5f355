import { AsyncLocalStorage } from 'node:async_hooks';
import vm from 'node:vm';
import type { Case } from './conformance-calls.ts';

const theirs = new TypeError('theirs');
const storage = new AsyncLocalStorage<string>();
const shared = Promise.resolve('shared');
const later = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Ticks of the microtask queue until a promise settles. */
async function ticks(promise: Promise<unknown>): Promise<number> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  let count = 0;
  for (; !settled; count++) await null;
  return count;
}

/** Whether the wrapped form takes at most `more` ticks more than the bare one. */
async function inTime(bare: () => Promise<unknown>, wrapped: () => Promise<unknown>, more: number): Promise<boolean> {
  return (await ticks(wrapped())) <= (await ticks(bare())) + more;
}

const settled = (promise: unknown) =>
  (promise as Promise<unknown>).then(
    (value) => ['fulfils', value],
    (error: unknown) => ['rejects', error],
  );

async function* items(n: number): AsyncGenerator<number, string, unknown> {
  let closed = false;
  try {
    for (let i = 0; i < n; i++) {
      const sent = yield i;
      if (sent === 'throw') throw theirs;
    }
    return 'end';
  } catch (error) {
    if (error === 'catch me') yield 99;
    else throw error;
    return 'caught';
  } finally {
    closed = true;
    if (n === 7) yield Number(closed);
  }
}
function* numbers(): Generator<number, string, string> {
  return `got ${yield 1} ${yield 2}`;
}
async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of iterable) list.push(item);
  return list;
}

/** Promises and iterators: when, in which order and in which context. */
export const ASYNC: Record<string, Case> = {
  'an async result': (wrap) => settled(wrap(async (x: number) => x + 1)(1)),
  'an async result, identical': async (wrap) => (await wrap(async () => shared)()) === 'shared',
  'an async error': (wrap) => settled(wrap(async () => Promise.reject(theirs))()),
  'an async error that is none': (wrap) => settled(wrap(async () => Promise.reject(undefined))()),
  'an async error after a wait': (wrap) =>
    settled(
      wrap(async () => {
        await later();
        throw theirs;
      })(),
    ),
  'a kept promise is the very one': (wrap) => wrap(() => shared)() === shared,
  'a rejected kept promise is the very one': (wrap) => {
    const rejected = Promise.reject(theirs);
    rejected.catch(() => {});
    return wrap(() => rejected)() === rejected;
  },
  'a promise of another realm': (wrap) => {
    const promise = vm.runInNewContext('Promise.resolve(5)') as Promise<number>;
    return wrap(() => promise)() === promise;
  },
  'a class of promise': (wrap) => {
    class Own<T> extends Promise<T> {}
    return wrap(() => Own.resolve(1))() instanceof Own;
  },
  'a thenable is not started': (wrap) => {
    let started = 0;
    const lazy = Object.defineProperty({}, 'then', { value: () => started++ });
    return [wrap(() => lazy)() === lazy, started];
  },
  'an async function that answers a thenable': async (wrap) => {
    const thenable = Object.defineProperty({}, 'then', { value: (done: (x: number) => void) => done(7) });
    return await wrap(async () => thenable)();
  },
  'an async function answers a plain promise': (wrap) => {
    const promise = wrap(async () => 1)();
    return [Object.getPrototypeOf(promise) === Promise.prototype, Reflect.ownKeys(promise)];
  },
  'an async function makes a new promise each time': (wrap) => {
    const fn = wrap(async () => 1);
    const promise = fn();
    return promise !== fn();
  },
  'an async function runs at once up to its first wait': (wrap) => {
    const seen: string[] = [];
    void wrap(async () => {
      seen.push('inside');
      await null;
      seen.push('later');
    })();
    seen.push('after');
    return seen;
  },
  'a sync function stays sync': (wrap) => {
    const seen: string[] = [];
    wrap(() => seen.push('inside'))();
    seen.push('after');
    return seen;
  },
  'ticks of an async function': async (wrap) => {
    const fn = async () => 1;
    return inTime(fn, wrap(fn), 1);
  },
  'ticks of an async function that waits': async (wrap) => {
    const fn = async () => {
      await null;
      return 1;
    };
    return inTime(fn, wrap(fn), 1);
  },
  'ticks of an async function that throws': async (wrap) => {
    const fn = async () => Promise.reject(theirs);
    return inTime(fn, wrap(fn), 1);
  },
  'ticks of a kept promise': async (wrap) => {
    const fn = () => shared;
    return inTime(fn, wrap(fn), 0);
  },
  'calls settle in the order they were made': async (wrap) => {
    const seen: number[] = [];
    const fn = wrap(async (x: number) => x);
    await Promise.all([3, 1, 2].map((x) => fn(x).then((y) => seen.push(y))));
    return seen;
  },
  'context inside and after the wait': (wrap) =>
    storage.run('outer', async () => {
      const fn = wrap(async () => {
        const before = storage.getStore();
        await later();
        return [before, storage.getStore()];
      });
      return [await fn(), storage.getStore()];
    }),
  'context that the function enters is its own': async (wrap) => {
    const fn = wrap(async () => storage.run('inner', async () => storage.getStore()));
    return [await fn(), storage.getStore()];
  },
  'context of many calls at once': (wrap) => {
    const fn = wrap(async () => {
      await later();
      return storage.getStore();
    });
    return Promise.all(['a', 'b', 'c'].map((name) => storage.run(name, () => fn())));
  },
  'a signal aborts': (wrap) => {
    const controller = new AbortController();
    const fn = wrap(
      (signal: AbortSignal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const promise = settled(fn(controller.signal));
    controller.abort(theirs);
    return promise;
  },
  'a race of calls': (wrap) => {
    const fn = wrap(async (wait: boolean) => {
      if (wait) await later();
      return wait;
    });
    return Promise.race([fn(true), fn(false)]);
  },
  'this of an async function': async (wrap) => {
    const object = {
      fn: wrap(async function (this: unknown) {
        await null;
        return this;
      }),
    };
    return (await object.fn()) === object;
  },
  'an async error keeps the frames of who waited': async (wrap) => {
    const fn = wrap(async () => {
      await null;
      throw new Error('theirs');
    });
    const whoWaited = async () => await fn();
    return whoWaited().catch((error: Error) => error.stack?.includes('whoWaited'));
  },
  'items of an async generator': (wrap) => all(wrap(items)(3)),
  'what an async generator returns': async (wrap) => {
    const stream = wrap(items)(1);
    return [await stream.next(), await stream.next(), await stream.next()];
  },
  'what an async generator is sent': async (wrap) => {
    const stream = wrap(items)(3);
    await stream.next('unheard');
    return [await settled(stream.next('throw')), await stream.next()];
  },
  'an async generator that catches': async (wrap) => {
    const stream = wrap(items)(3);
    await stream.next();
    return [await stream.throw('catch me'), await stream.next(), await stream.next()];
  },
  'an async generator ended early, with a last word': async (wrap) => {
    const stream = wrap(items)(7);
    await stream.next();
    return [await stream.return('early'), await stream.next(), await stream.next()];
  },
  'an async generator ended before it began': async (wrap) => {
    const stream = wrap(items)(3);
    return [await stream.return('early'), await stream.next()];
  },
  'an async generator that is thrown at before it began': async (wrap) => {
    const stream = wrap(items)(3);
    return [await settled(stream.throw(theirs)), await stream.next()];
  },
  'leaving a loop over an async generator': async (wrap) => {
    const stream = wrap(items)(3);
    for await (const _ of stream) break;
    return stream.next();
  },
  'many steps of an async generator at once': (wrap) => {
    const stream = wrap(items)(2);
    return Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
  },
  'an async generator within another': (wrap) => {
    const inner = wrap(items);
    return all(
      (async function* () {
        yield* inner(3);
      })(),
    );
  },
  'an async generator closed by its block': async (wrap) => {
    const stream = wrap(items)(3);
    await stream[Symbol.asyncDispose]();
    return stream.next();
  },
  'ticks of a step of an async generator': async (wrap) =>
    inTime(
      () => items(1).next(),
      () => wrap(items)(1).next(),
      1,
    ),
  'what an async generator is an instance of': (wrap) => {
    const fn = wrap(items);
    const stream = fn(1);
    return [stream instanceof fn, String(stream), stream[Symbol.asyncIterator]() === stream];
  },
  'items of a generator': (wrap) => [...(wrap(numbers)() as Iterable<number>)],
  'what a generator is sent and returns': (wrap) => {
    const generator = wrap(numbers)();
    return [generator.next('unheard'), generator.next('a'), generator.next('b'), generator.next('c')];
  },
  'a generator ended early': (wrap) => {
    const generator = wrap(numbers)();
    generator.next();
    return [generator.return('early'), generator.next('x')];
  },
  'a generator has nothing of ours': (wrap) => {
    const fn = wrap(numbers);
    return [Reflect.ownKeys(fn()), fn() instanceof fn];
  },
};

/** Wraps a function, or leaves it bare. */
export type Wrap = <F extends (...args: never[]) => unknown>(fn: F) => F;

/** Uses a function in one way; what it answers has to be the same, wrapped and bare. */
export type Case = (wrap: Wrap) => unknown;

/** What a call came to: how it ended, and with what very value. */
export function ended(call: () => unknown): readonly unknown[] {
  try {
    const result = call();
    // What a wrong wrapper made of an error is nobody's to handle.
    if (result instanceof Promise) result.catch(() => {});
    return ['returns', result];
  } catch (error) {
    return ['throws', error];
  }
}

const theirs = new TypeError('theirs');
const cyclic: Record<string, unknown> = { x: 1 };
cyclic.self = cyclic;
const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`field_${i}`, i]));
const sparse = Object.assign(new Array<number>(3), { 0: 1, 2: 3 });
const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** Values that go in and come out as they are; compared by identity. */
const VALUES: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  zero: 0,
  'minus zero': -0,
  NaN: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  'an empty text': '',
  'a text of a megabyte': 'x'.repeat(2 ** 20),
  'a lone surrogate': '\ud800',
  'a big integer': 2n ** 70n,
  'a symbol': Symbol('s'),
  false: false,
  'a date': new Date(0),
  'an invalid date': new Date(Number.NaN),
  'a cyclic object': cyclic,
  'ten thousand fields': wide,
  'a frozen object': Object.freeze({ x: 1 }),
  'an object without a prototype': Object.create(null),
  'a key __proto__': JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'),
  'a sparse list': sparse,
  'a list': [1, 2, 3],
  'a typed array': Float32Array.of(1, 2),
  'a map': new Map([[1, 2]]),
  'a set': new Set([1]),
  'an error': theirs,
  'a function': () => 1,
  'a class': class {},
  'a regular expression': /x/g,
  'a weak reference': new WeakRef(cyclic),
  'an abort signal': AbortSignal.abort(theirs),
  'a revoked proxy': revoked.proxy,
  'an object with a tag': { [Symbol.toStringTag]: 'Tagged' },
  'a boxed number': Object(5),
};

const passes = (value: unknown): Case => {
  return (wrap) => {
    let got: unknown;
    const fn = wrap((given: unknown) => {
      got = given;
      return given;
    });
    return [Object.is(fn(value), value), Object.is(got, value)];
  };
};
const throws = (value: unknown): Case => {
  return (wrap) => {
    const [how, error] = ended(
      wrap(() => {
        throw value;
      }),
    );
    return [how, Object.is(error, value)];
  };
};

function strictThis(this: unknown): unknown {
  return this;
}
// Sloppy code can be made nowhere but here; it boxes and replaces its `this`.
const sloppyThis = new Function('return this') as (this: unknown) => unknown;

/** Traps that were sprung, by name. */
function spy(target: object, sprung: PropertyKey[]): object {
  return new Proxy(target, {
    get: (object, key, receiver) => {
      sprung.push('get', key);
      return Reflect.get(object, key, receiver);
    },
    has: (object, key) => {
      sprung.push('has', key);
      return Reflect.has(object, key);
    },
    getPrototypeOf: (object) => {
      sprung.push('getPrototypeOf');
      return Reflect.getPrototypeOf(object);
    },
    getOwnPropertyDescriptor: (object, key) => {
      sprung.push('getOwnPropertyDescriptor', key);
      return Reflect.getOwnPropertyDescriptor(object, key);
    },
    ownKeys: (object) => {
      sprung.push('ownKeys');
      return Reflect.ownKeys(object);
    },
  });
}

/** Calls at once: values, `this`, errors, arguments, side effects. */
export const CALLS: Record<string, Case> = {
  ...Object.fromEntries(Object.entries(VALUES).map(([name, value]) => [`passes ${name}`, passes(value)])),
  ...Object.fromEntries(Object.entries(VALUES).map(([name, value]) => [`throws ${name}`, throws(value)])),
  'this of a method call': (wrap) => {
    const object = { fn: wrap(strictThis) };
    return object.fn() === object;
  },
  'no this': (wrap) => wrap(strictThis)() === undefined && Reflect.apply(wrap(strictThis), null, []) === null,
  'a primitive this': (wrap) => ['5', 5, true, 5n].map((self) => Reflect.apply(wrap(strictThis), self, [])),
  'this of sloppy code': (wrap) =>
    [undefined, null].map((self) => Reflect.apply(wrap(sloppyThis), self, []) === globalThis),
  'a primitive this of sloppy code': (wrap) => typeof Reflect.apply(wrap(sloppyThis), 5, []),
  'this of an arrow': (wrap) => {
    const arrow = () => VALUES;
    return Reflect.apply(wrap(arrow), { other: true }, []) === VALUES;
  },
  'how many arguments there are': (wrap) => {
    const count = wrap((...args: unknown[]) => args.length);
    return [count(), count(undefined), count(1, undefined, undefined), count(...new Array<number>(1000).fill(0))];
  },
  'defaults of parameters': (wrap) => {
    const fn = wrap((a: unknown = 'default', b: unknown = a) => [a, b]);
    return [fn(), fn(undefined, 1), fn(null)];
  },
  'arguments of sloppy code': (wrap) => {
    const fn = new Function('a', 'arguments[0] = 9; return [a, arguments.length]') as (...args: unknown[]) => unknown;
    return [wrap(fn)(1, 2), wrap(fn)()];
  },
  'a list of arguments that the function keeps': (wrap) => {
    const fn = wrap((...args: unknown[]) => args);
    const list = fn(1);
    return [list, fn(1, 2), list !== fn(1)];
  },
  'an argument that the function changes': (wrap) => {
    const list = [1];
    wrap((given: number[]) => given.push(2))(list);
    return list;
  },
  'recursion through the wrapped one': (wrap) => {
    const fibonacci: (n: number) => number = wrap((n: number) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2)));
    return fibonacci(12);
  },
  'callbacks that call it again': (wrap) => {
    const seen: number[] = [];
    const fn: (n: number, next: (n: number) => void) => void = wrap((n: number, next: (n: number) => void) => {
      seen.push(n);
      if (n > 0) next(n - 1);
    });
    const again = (n: number): void => fn(n, again);
    fn(3, again);
    return seen;
  },
  'recursion without an end': (wrap) => {
    const deep: () => unknown = wrap(() => [deep()]);
    const [how, error] = ended(deep);
    return [how, error instanceof RangeError];
  },
  'an error with its own stack': (wrap) => {
    const error = new Error('theirs');
    const { stack } = error;
    const [how] = ended(
      wrap(() => {
        throw error;
      }),
    );
    return [how, error.stack === stack];
  },
  'a getter of an argument is not read': (wrap) => {
    let reads = 0;
    const argument = {
      get x() {
        return reads++;
      },
    };
    return [wrap((_: unknown) => 7)(argument), reads];
  },
  'a getter of the result is not read': (wrap) => {
    let reads = 0;
    const get = () => reads++;
    const result = Object.defineProperty({}, 'x', { get, enumerable: true });
    Object.defineProperty(result, 'then', { get });
    return [wrap(() => result)() === result, reads];
  },
  'an inherited getter of the result is not read': (wrap) => {
    let reads = 0;
    const result: unknown = Object.create(Object.defineProperty({}, 'then', { get: () => reads++ }));
    return [wrap(() => result)() === result, reads];
  },
  'a proxy as argument and result is not asked': (wrap) => {
    const sprung: PropertyKey[] = [];
    const proxy = spy({ x: 1 }, sprung);
    return [wrap((given: object) => given)(proxy) === proxy, sprung];
  },
  'a proxied function as result is not asked': (wrap) => {
    const sprung: PropertyKey[] = [];
    const proxy = spy(() => 1, sprung);
    return [wrap(() => proxy)() === proxy, sprung];
  },
  'an argument that converts itself is not converted': (wrap) => {
    let converted = 0;
    const argument = { [Symbol.toPrimitive]: () => converted++ };
    return [wrap((_: unknown) => 7)(argument), converted];
  },
  'a copy of the result': (wrap) => structuredClone(wrap(() => ({ nested: [1, new Date(0)] }))()),
  'a result that is frozen stays so': (wrap) => Object.isFrozen(wrap(() => Object.freeze([1]))()),
  'a side effect happens once': (wrap) => {
    let effects = 0;
    wrap(() => effects++)();
    return effects;
  },
};

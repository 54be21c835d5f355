import { types } from 'node:util';
import { type Case, ended } from './conformance-calls.ts';

const TAG = Symbol('tag');

function Old(this: { x: unknown; target: unknown }, x: unknown): void {
  this.x = x;
  this.target = new.target;
}
Old.prototype.method = () => 'inherited';
class Thing {
  static readonly made: string[] = [];
  static {
    Thing.made.push('static block');
  }
  static make(x: number): unknown {
    return new Thing(x);
  }
  readonly #x: number;
  readonly target: unknown;
  constructor(x: number) {
    this.#x = x;
    this.target = new.target;
  }
  get x(): number {
    return this.#x;
  }
}
class Refusing {
  constructor() {
    throw new TypeError('theirs');
  }
}
const construct = (fn: unknown, ...args: unknown[]): object =>
  Reflect.construct(fn as new (...args: unknown[]) => object, args);

/** Functions of every kind there is. */
const KINDS: Record<string, () => (...args: never[]) => unknown> = {
  'an arrow': () => (a: unknown, b: unknown) => [a, b],
  'an async arrow': () => async (a: unknown) => a,
  'a function': () =>
    function named(a: unknown, b = 1, ...c: unknown[]) {
      return [a, b, c];
    },
  'a sloppy function': () => new Function('a', 'b', 'return a') as () => unknown,
  'an async function': () =>
    async function named(a: unknown) {
      return a;
    },
  'a generator function': () =>
    function* named() {
      yield 1;
    },
  'an async generator function': () =>
    async function* named() {
      yield 1;
    },
  'a method': () => ({ method: (a: unknown) => a }).method,
  'a method named by a symbol': () => ({ [TAG]: () => 1 })[TAG],
  'a bound function': () => Old.bind({ x: 0, target: 0 }) as () => unknown,
  'a class': () => class Named {} as never,
  'a derived class': () => class Named extends Thing {} as never,
  'a native function': () => Math.max as () => unknown,
  'a native constructor': () => Map as never,
  'a proxied function': () => new Proxy(() => 1, {}),
};

const looks = (make: () => (...args: never[]) => unknown): Case => {
  const fn = make();
  return (wrap) => {
    const wrapped = wrap(fn);
    return [
      typeof wrapped,
      wrapped.name,
      wrapped.length,
      // In no order: `prototype` cannot be moved behind what sloppy functions have before it.
      new Set(Reflect.ownKeys(wrapped)),
      Object.getOwnPropertyDescriptors(wrapped),
      Object.getPrototypeOf(wrapped) === Object.getPrototypeOf(fn),
      Object.prototype.toString.call(wrapped),
      types.isAsyncFunction(wrapped) || types.isGeneratorFunction(fn),
    ];
  };
};
const constructs = (make: () => (...args: never[]) => unknown): Case => {
  const fn = make();
  return (wrap) => ended(() => construct(wrap(fn)) !== undefined)[0];
};

const ADORNED = Object.defineProperties(() => 1, {
  hidden: { value: 1, enumerable: false },
  accessor: { get: () => 2, enumerable: true, configurable: true },
  [TAG]: { value: 3, writable: true },
  fixed: { value: 4 },
});

/** What a function is, and what can be made with it. */
export const LOOKS: Record<string, Case> = {
  ...Object.fromEntries(Object.entries(KINDS).map(([name, make]) => [`looks of ${name}`, looks(make)])),
  ...Object.fromEntries(Object.entries(KINDS).map(([name, make]) => [`new with ${name}`, constructs(make)])),
  'properties of its own': (wrap) => {
    const wrapped = wrap(ADORNED);
    return [Object.keys(wrapped), Object.getOwnPropertyDescriptors(wrapped)];
  },
  'a property that is a getter is not read': (wrap) => {
    let reads = 0;
    wrap(Object.defineProperty(() => 1, 'x', { get: () => reads++ }));
    return reads;
  },
  'a property can be added': (wrap) =>
    Object.assign(
      wrap(() => 1),
      { extra: 5 },
    ).extra,
  'its name, changed': (wrap) => wrap(Object.defineProperty(() => 1, 'name', { value: 'other' })).name,
  'call, apply and bind': (wrap) => {
    const fn = wrap(function (this: unknown, ...args: unknown[]) {
      return [this, ...args];
    });
    return [fn.call('a', 1), fn.apply('b', [2, 3]), fn.bind('c', 4)(5)];
  },
  'an own call or apply is not used': (wrap) => {
    const fn = Object.assign(() => 'called', { call: () => 'call', apply: () => 'apply' });
    return wrap(fn)();
  },
  'what an old constructor makes': (wrap) => {
    const Wrapped = wrap(Old);
    const made = construct(Wrapped, 3) as { x: unknown; target: unknown; method(): unknown };
    return [made.x, made.target === Old, made.method(), made instanceof Old, made instanceof Wrapped];
  },
  'an old constructor called': (wrap) => {
    const made = { x: 0, target: 0 };
    return [Reflect.apply(wrap(Old), made, [3]), made];
  },
  'what a class makes': (wrap) => {
    const Wrapped = wrap(Thing as never) as unknown as typeof Thing;
    const made = new Wrapped(3);
    return [made.x, made.target === Thing, made instanceof Thing, made.constructor === Thing];
  },
  'a class called': (wrap) => {
    const [how, error] = ended(wrap(Thing as never));
    return [how, (error as Error).message];
  },
  'a class that throws': (wrap) => ended(() => construct(wrap(Refusing as never))).map(String),
  'a class derived from it': (wrap) => {
    class Derived extends (wrap(Thing as never) as unknown as typeof Thing) {
      readonly own: number;
      constructor(x: number) {
        super(x);
        this.own = x;
      }
    }
    const made = new Derived(4);
    return [made.x, made.own, made.target === Derived, made instanceof Derived, made instanceof Thing];
  },
  'new.target by reflection': (wrap) => {
    class Other {}
    const made = Reflect.construct(wrap(Thing as never), [5], Other) as Thing;
    return [Object.getPrototypeOf(made) === Other.prototype, made.target === Other];
  },
  'static members': (wrap) => {
    const Wrapped = wrap(Thing as never) as unknown as typeof Thing;
    return [Wrapped.made === Thing.made, Wrapped.make(1) instanceof Thing];
  },
  'a bound constructor': (wrap) => construct(wrap(Thing.bind(null, 6) as never)),
  'its prototype is the very one': (wrap) => wrap(Old).prototype === Old.prototype,
  'its constructor is the kind of function': (wrap) => wrap(async () => 1).constructor.name,
  'wrapped twice': (wrap) => {
    const once = wrap((x: number) => x + 1);
    return [wrap(once) === once, wrap(once)(1)];
  },
};

import { types } from 'node:util';
import type { FollowStream } from './call.ts';
import { isPlainPromise } from './promise-kind.ts';
import { type Method, standInFor } from './stand-in.ts';
import { StreamCall, type StreamObserver } from './stream-call.ts';

/** The steps of an iteration. */
type Step = 'next' | 'return' | 'throw';
type Steps = Readonly<Record<Step, Method>>;

const generators = new WeakMap<object, StreamCall>();

/**
 * Follows what a call answered to its end: generator objects, and with `proxies` whatever can be iterated over.
 *
 * A generator object stays itself and gets own, hidden `next`, `return` and `throw`. Anything else is answered by a
 * stand-in for it, whose first iteration is followed.
 */
export function streamFollower(observer: StreamObserver, proxies: boolean): FollowStream {
  return (result, call, args, watch) => {
    if (result === null || typeof result !== 'object') return undefined;
    try {
      const symbol = Symbol.asyncIterator in result ? Symbol.asyncIterator : Symbol.iterator;
      if (!(symbol in result)) return undefined;
      const own = types.isGeneratorObject(result) && !generators.has(result) && Object.isExtensible(result);
      if (!own && !proxies) return undefined;
      const stream = new StreamCall(call, args, watch, observer);
      return own ? followGenerator(result, stream) : followIterable(result, symbol, stream);
    } catch (error) {
      // A trap of a proxy of theirs: the call is counted as any other.
      observer.failed(error);
      return undefined;
    }
  };
}

function followGenerator(generator: object, stream: StreamCall): object {
  Object.defineProperties(generator, Symbol.asyncIterator in generator ? ASYNC_STEPS : SYNC_STEPS);
  generators.set(generator, stream);
  stream.liveBy(generator);
  return generator;
}

function followIterable(target: object, symbol: symbol, stream: StreamCall): object {
  const isAsync = symbol === Symbol.asyncIterator;
  let begun = false;
  const standIn: object = standInFor(target, (key, method) => {
    if (isStep(key)) return followedStep(method, key, stream, isAsync);
    if (key !== symbol) return undefined;
    return function iterate(this: unknown, ...args) {
      const iterator: unknown = Reflect.apply(method, this, args);
      if (iterator === target) return standIn;
      if (begun || typeof iterator !== 'object' || iterator === null) return iterator;
      begun = true;
      return followIterator(iterator, stream, isAsync);
    };
  });
  stream.liveBy(standIn);
  return standIn;
}

/** Who iterates holds the iterator, and need not hold what it came from. */
function followIterator(iterator: object, stream: StreamCall, isAsync: boolean): object {
  const standIn: object = standInFor(iterator, (key, method) => {
    if (isStep(key)) return followedStep(method, key, stream, isAsync);
    if (key !== Symbol.asyncIterator && key !== Symbol.iterator) return undefined;
    return function itself(this: unknown, ...args) {
      const other: unknown = Reflect.apply(method, this, args);
      return other === iterator ? standIn : other;
    };
  });
  stream.liveBy(standIn);
  return standIn;
}

function followedStep(method: Method, step: Step, stream: StreamCall, isAsync: boolean): Method {
  return function follow(this: unknown, ...args) {
    return takeStep(method, this, args, step, stream, isAsync);
  };
}

function takeStep(
  method: Method,
  self: unknown,
  args: unknown[],
  step: Step,
  stream: StreamCall,
  isAsync: boolean,
): unknown {
  let answer: unknown;
  try {
    answer = Reflect.apply(method, self, args);
  } catch (error) {
    stream.failed(error);
    throw error;
  }
  // A promise of a class of its own may be lazy; such steps go unseen.
  if (isAsync) return isPlainPromise(answer) ? followedPromise(answer, step, stream) : answer;
  stream.saw(step, answer);
  return answer;
}

function followedPromise(promise: Promise<unknown>, step: Step, stream: StreamCall): Promise<unknown> {
  return promise.then(
    (result) => {
      stream.saw(step, result);
      return result;
    },
    (error: unknown) => {
      stream.failed(error);
      throw error;
    },
  );
}

/** Steps for generator objects, found by `this`, so that they are made once. */
function generatorSteps(native: Steps, isAsync: boolean): PropertyDescriptorMap {
  const follow = (step: Step): PropertyDescriptor => {
    const { [step]: value } = {
      [step](this: unknown, ...args: unknown[]): unknown {
        const stream = generators.get(this as object);
        if (stream === undefined) return Reflect.apply(native[step], this, args);
        // Asked for each time: whoever changes the generator's prototype expects to be heard.
        const method = Reflect.get(Object.getPrototypeOf(this) as object, step, this) as Method;
        return takeStep(method, this, args, step, stream, isAsync);
      },
    };
    // As the native ones, which name the value they take.
    Object.defineProperty(value, 'length', { value: 1 });
    return { value, writable: true, enumerable: false, configurable: true };
  };
  return { next: follow('next'), return: follow('return'), throw: follow('throw') };
}

function isStep(key: PropertyKey): key is Step {
  return key === 'next' || key === 'return' || key === 'throw';
}

const generatorPrototype = (makes: () => object): Steps => Object.getPrototypeOf(Object.getPrototypeOf(makes()));
const SYNC_STEPS = generatorSteps(
  generatorPrototype(function* () {}),
  false,
);
const ASYNC_STEPS = generatorSteps(
  generatorPrototype(async function* () {}),
  true,
);

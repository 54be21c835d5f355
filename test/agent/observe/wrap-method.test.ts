import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Agent } from '../../../agent/src/agent.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { makeAgent } from '../make-agent.ts';
import { useAgent } from '../use-agent.ts';

const SECRET = Symbol('secret');

class Base {
  readonly #factor: number;
  constructor(factor: number) {
    this.#factor = factor;
  }
  predict(x: number): number {
    return x * this.#factor;
  }
  async later(x: number): Promise<number> {
    return this.predict(x);
  }
  async *items(n: number): AsyncGenerator<number> {
    for (let i = 0; i < n; i++) yield i;
  }
  [SECRET](): string {
    return 'secret';
  }
  get computed(): () => number {
    return () => 1;
  }
  static make(factor: number): Base {
    return new this(factor);
  }
}
class Derived extends Base {
  override predict(x: number): number {
    return super.predict(x) + 1;
  }
}

describe('a wrapped method', () => {
  let agent: Agent;
  let collector: FakeCollector;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });
  const captured = () => agent.stats().captured;

  it('of a prototype covers every object of the class, private fields and super included', async () => {
    class Model extends Base {}
    const before = Reflect.ownKeys(Model.prototype);
    const unwrap = agent.wrapMethod(Model.prototype, 'predict', { prediction: (y) => y, features: (x) => ({ x }) });
    class Under extends Model {
      override predict(x: number): number {
        return super.predict(x) + 1;
      }
    }
    assert.deepEqual([new Model(2).predict(3), new Under(2).predict(3), await new Model(3).later(3)], [6, 7, 9]);
    assert.equal(captured(), 3);
    await agent.flush({ timeoutMs: 10_000 });
    assert.equal(collector.series('prediction/value').moments.mean, 7);
    assert.equal(unwrap(), true);
    assert.deepEqual(Reflect.ownKeys(Model.prototype), before);
    assert.equal(new Model(2).predict(3), 6);
    assert.equal(captured(), 3);
  });

  it('of one object leaves the others alone, and is gone from it after', () => {
    const [one, other] = [new Derived(2), new Derived(2)];
    const unwrap = agent.wrapMethod(one, 'predict');
    assert.deepEqual([one.predict(1), other.predict(1)], [3, 3]);
    assert.equal(captured(), 1);
    assert.deepEqual(Object.getOwnPropertyDescriptor(one, 'predict')?.enumerable, false);
    assert.deepEqual([one.predict.name, one.predict.length], ['predict', 1]);
    assert.equal(unwrap(), true);
    assert.equal(Object.hasOwn(one, 'predict'), false);
    assert.equal(unwrap(), true);
  });

  it('may be static, async, a generator, or named by a symbol', async () => {
    class Model extends Base {}
    const undo = [
      agent.wrapMethod(Model as { make(factor: number): Base }, 'make'),
      agent.wrapMethod(Model.prototype, 'later'),
      agent.wrapMethod(Model.prototype, 'items'),
      agent.wrapMethod(Model.prototype, SECRET),
    ];
    const made = Model.make(2);
    assert.ok(made instanceof Model);
    assert.deepEqual([await made.later(2), made[SECRET]()], [4, 'secret']);
    for await (const _ of made.items(2));
    assert.equal(captured(), 4);
    for (const each of undo) assert.equal(each(), true);
    assert.deepEqual(Reflect.ownKeys(Model.prototype), ['constructor']);
    assert.equal(Object.hasOwn(Model, 'make'), false);
  });

  it('gets back exactly the descriptor it had', () => {
    const object = Object.defineProperty({} as { f(): number }, 'f', {
      value: () => 1,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    const before = Object.getOwnPropertyDescriptors(object);
    const unwrap = agent.wrapMethod(object, 'f');
    assert.equal(object.f(), 1);
    assert.notEqual(object.f, before.f.value);
    assert.equal(unwrap(), true);
    assert.deepEqual(Object.getOwnPropertyDescriptors(object), before);
  });

  it('is not wrapped, and counted, twice', () => {
    const object = { f: () => 1 };
    const first = agent.wrapMethod(object, 'f');
    const { f } = object;
    const second = agent.wrapMethod(object, 'f');
    assert.equal(object.f, f);
    object.f();
    assert.equal(captured(), 1);
    assert.equal(second(), true);
    assert.equal(object.f, f);
    assert.equal(first(), true);
    assert.notEqual(object.f, f);
  });

  it('goes bare, and leaves what somebody else has put over it', () => {
    const object = { f: () => 1 };
    const unwrap = agent.wrapMethod(object, 'f');
    const ours = object.f;
    const theirs = () => ours() + 1;
    object.f = theirs;
    assert.equal(unwrap(), false);
    assert.equal(object.f, theirs);
    assert.equal(object.f(), 2);
    assert.equal(captured(), 0);
  });

  const REFUSED: Record<string, { readonly object: object; readonly name?: string; readonly says: RegExp }> = {
    'a getter': { object: new Base(1), name: 'computed', says: /getter/ },
    'what is no function': { object: { f: 1 }, says: /got 1/ },
    'what is not there': { object: {}, says: /no such property/ },
    'a frozen object': { object: Object.freeze({ f: () => 1 }), says: /fixed/ },
    'a property that cannot be written': {
      object: Object.defineProperty({}, 'f', { value: () => 1, configurable: true }),
      says: /fixed/,
    },
    'a property that cannot be configured': {
      object: Object.defineProperty({}, 'f', { value: () => 1, writable: true }),
      says: /fixed/,
    },
    'a sealed heir': { object: Object.seal(Object.create({ f: () => 1 })), says: /frozen or sealed/ },
    'a proxy that refuses': {
      object: new Proxy({ f: () => 1 }, { defineProperty: () => false }),
      says: /does not take/,
    },
    'no object': { object: null as never, says: /got null/ },
  };
  for (const [what, { object, name = 'f', says }] of Object.entries(REFUSED)) {
    it(`is refused, and nothing changed, for ${what}`, () => {
      assert.throws(() => agent.wrapMethod(object, name as never), { code: 'TIDEMARK_NOT_WRAPPABLE', message: says });
    });
  }

  it('stays as it is where the agent is off', async () => {
    const off = makeAgent({ enabled: false });
    const object = { f: () => 1 };
    const { f } = object;
    assert.equal(off.wrapMethod(object, 'f')(), true);
    assert.equal(object.f, f);
    await off.stop();
  });
});

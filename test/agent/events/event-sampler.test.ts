import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { EventViolation, InferenceEvent, Stratum } from '../../../agent/src/events/event.ts';
import { type EventOptions, readEvents } from '../../../agent/src/events/event-options.ts';
import { type EventFacts, EventSampler } from '../../../agent/src/events/event-sampler.ts';
import type { StageFields } from '../../../agent/src/events/read-values.ts';
import { Losses } from '../../../agent/src/losses.ts';
import { encodeEvents } from './encode-events.ts';
import { seededRandom } from './seeded-random.ts';

type Version = { readonly model: string; readonly version: string };
type Given = { latencyMs?: number; failed?: boolean; confidence?: number; violated?: boolean };

const V1: Version = { model: 'm', version: '1' };
const V2: Version = { model: 'm', version: '2' };
const NO_IDS = { predictionId: '', traceId: '', spanId: '' };
const VIOLATION: EventViolation = { check: 'range', stage: 'feature', field: 'x', action: 'annotate' };
const ALL: EventOptions = { share: 1, slowMs: 1_000, lowConfidence: 0.5, privacy: { allow: ['*/*'] } };

function setUp(options: EventOptions = ALL, seed = 1) {
  const losses = new Losses<Version>();
  const sampler = new EventSampler<Version>(readEvents(options), losses, seededRandom(seed));
  const see = (version: Version, given: Given = {}, fields: StageFields = {}, ids = NO_IDS, slice = '') => {
    const { latencyMs = 1, failed = false, confidence, violated = false } = given;
    const stratum = sampler.pick(version, latencyMs, failed, confidence, violated);
    const violations = violated ? [VIOLATION] : undefined;
    const facts: EventFacts = { atMs: 5.5, latencyMs, failed, slice, confidence, violations };
    if (stratum !== undefined) sampler.keep(version, stratum, facts, fields, ids);
    return stratum;
  };
  return { losses, sampler, see };
}

const count = (events: readonly InferenceEvent<Version>[], stratum?: Stratum, version?: Version) =>
  events.filter((one) => (stratum ?? one.stratum) === one.stratum && (version ?? one.version) === one.version).length;

describe('an event sampler', () => {
  it('gives an inference to the first stratum that applies', () => {
    const { see } = setUp();
    const bad = { latencyMs: 5_000, failed: true, confidence: 0.1, violated: true };
    assert.equal(see(V1, bad), 'error');
    assert.equal(see(V1, { ...bad, failed: false }), 'violation');
    assert.equal(see(V1, { latencyMs: 5_000, confidence: 0.1 }), 'low-confidence');
    assert.equal(see(V1, { latencyMs: 5_000, confidence: 0.5 }), 'slow');
    assert.equal(see(V1, { confidence: Number.NaN, latencyMs: Number.NaN }), 'sample');
  });

  it('learns what is slow from all calls that worked, those with violations too', () => {
    const { see } = setUp({ slowQuantile: 0.9 });
    for (let i = 0; i < 1_000; i++) see(V1, { violated: true, latencyMs: 1 + (i % 10) });
    for (let i = 0; i < 1_000; i++) see(V1, { failed: true, latencyMs: 1_000 });
    assert.deepEqual(
      [see(V1, { latencyMs: 5 }), see(V1, { latencyMs: 50 }), see(V2, { latencyMs: 50 })],
      [undefined, 'slow', undefined],
    );
  });

  it('keeps no ordinary inference unless asked, and none of low confidence without a bound', () => {
    const { see } = setUp({});
    assert.equal(see(V1, { confidence: 0 }), undefined);
    assert.equal(see(V1, { failed: true }), 'error');
  });

  it('tells an event as it was, private and by its names', () => {
    const { sampler, see } = setUp({ ...ALL, privacy: { allow: ['feature/*'], deny: ['*/ssn'] } });
    const ids = { predictionId: 'p1', traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
    see(V1, { violated: true }, { feature: { x: 1, ssn: '078-05-1120' }, input: { y: 2 } }, ids, 'country=DE');
    assert.deepEqual(sampler.take(), [
      {
        version: V1,
        ...ids,
        atMs: 5,
        stratum: 'violation',
        weight: 1,
        slice: 'country=DE',
        latencyMs: 1,
        failed: false,
        values: [{ stage: 'feature', field: 'x', value: 1 }],
        violations: [VIOLATION],
      },
    ]);
    assert.deepEqual(sampler.take(), []);
  });

  it('has the values of the time of the call, though buffers are used again', () => {
    const { sampler, see } = setUp();
    const feature = { x: 1 };
    see(V1, {}, { feature });
    feature.x = 2;
    assert.equal(sampler.take()[0]?.values[0]?.value, 1);
  });

  it('drops an id that is no name', () => {
    const { sampler, see } = setUp();
    see(V1, {}, {}, { ...NO_IDS, predictionId: 'x'.repeat(129) });
    assert.equal(sampler.take()[0]?.predictionId, '');
  });

  it('has weights that add up to what was seen of each version and stratum', () => {
    const given = fc.record({
      version: fc.constantFrom(V1, V2),
      latencyMs: fc.constantFrom(1, 2_000),
      failed: fc.boolean(),
      violated: fc.boolean(),
      confidence: fc.constantFrom(0.1, 0.9),
    });
    const options = fc.record({ perInterval: fc.integer({ min: 1, max: 6 }), share: fc.constantFrom(0.3, 1) });
    fc.assert(
      fc.property(
        options,
        fc.array(fc.array(given, { maxLength: 80 }), { maxLength: 3 }),
        fc.integer(),
        (own, intervals, seed) => {
          const { sampler, see, losses } = setUp({ ...ALL, ...own }, seed);
          for (const inferences of intervals) {
            const seen = new Map<string, number>();
            for (const { version, ...one } of inferences) {
              see(version, one);
              const slow = one.latencyMs > 1_000 ? 'slow' : 'sample';
              const stratum = one.failed
                ? 'error'
                : one.violated
                  ? 'violation'
                  : one.confidence < 0.5
                    ? 'low-confidence'
                    : slow;
              const key = `${version.version} ${stratum}`;
              seen.set(key, (seen.get(key) ?? 0) + 1);
            }
            const weights = new Map<string, number>();
            const kept = new Map<string, number>();
            for (const { version, stratum, weight } of sampler.take()) {
              const key = `${version.version} ${stratum}`;
              weights.set(key, (weights.get(key) ?? 0) + weight);
              kept.set(key, (kept.get(key) ?? 0) + 1);
            }
            for (const [key, sum] of weights) assert.ok(Math.abs(sum - (seen.get(key) ?? 0)) < 1e-9, key);
            for (const [key, many] of seen) {
              if (!key.endsWith('sample') || own.share === 1)
                assert.equal(kept.get(key), Math.min(many, own.perInterval));
            }
          }
          assert.equal(losses.owed, false);
        },
      ),
    );
  });

  it('never sends more bytes than it may, gives every stratum a part, and counts the rest', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), fc.integer(), (rows, seed) => {
        const maxBytes = 16_384;
        const { sampler, see, losses } = setUp({ ...ALL, maxBytes, perInterval: 200 }, seed);
        const each = 60;
        for (let i = 0; i < each; i++) {
          const row = rows[i % rows.length] ?? [];
          const fields = { feature: Object.fromEntries(row.map((text, at) => [`field_${at}`, text])) };
          for (const version of [V1, V2]) {
            see(version, {}, fields);
            see(version, { failed: true }, fields);
            see(version, { violated: true }, fields);
          }
        }
        const events = sampler.take();
        assert.ok(encodeEvents(events).length <= maxBytes);
        for (const stratum of ['error', 'violation', 'sample'] as const) assert.ok(count(events, stratum) > 0, stratum);
        assert.ok(
          Math.abs(count(events, 'error', V1) - count(events, 'error', V2)) <= Math.ceil(count(events, 'error') / 2),
        );
        // What was given up is counted, what was passed over from then on is not.
        if (events.length < 6 * each) assert.ok(losses.total('event-budget') > 0);
        else assert.equal(losses.total('event-budget'), 0);
      }),
      { numRuns: 30 },
    );
  });

  it('makes no event larger than a fifth of the budget, names and violations included', () => {
    const { sampler, see } = setUp({ ...ALL, maxBytes: 16_384 });
    const long = { model: 'm'.repeat(128), version: 'v'.repeat(128) };
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, 'x'.repeat(250)]));
    see(long, { violated: true }, { feature: wide }, { ...NO_IDS, predictionId: 'p'.repeat(128) }, 's'.repeat(128));
    const events = sampler.take();
    assert.ok(events.length === 1 && encodeEvents(events).length <= 16_384 / 5);
    assert.ok((events[0]?.values.length ?? 0) > 7);
  });

  it('lets versions take turns where the budget is short', () => {
    const { sampler, see } = setUp({ ...ALL, maxBytes: 16_384, perInterval: 5 });
    const versions = Array.from({ length: 64 }, (_, i) => ({ model: 'm', version: `${i}` }));
    const served = new Set<Version>();
    const big = { feature: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`f${i}`, 'x'.repeat(250)])) };
    for (let round = 0; round < 300; round++) {
      for (const version of versions) see(version, { failed: true }, big);
      for (const { version } of sampler.take()) served.add(version);
    }
    assert.equal(served.size, versions.length);
  });

  it('holds a bounded heap whatever the traffic', () => {
    const { sampler, see, losses } = setUp({ ...ALL, perInterval: 1_000 });
    const big = {
      feature: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, `${i}`.padEnd(250, 'x')])),
    };
    let picks = 0;
    for (let i = 0; i < 3_000; i++) if (see(V1, { failed: true }, big) !== undefined) picks++;
    const events = sampler.take();
    // What has given way to a later one was no loss.
    const lost = losses.total('event-budget');
    assert.ok(lost > 0 && events.length + lost <= picks && picks < 200, `${events.length} ${lost} ${picks}`);
    assert.ok(events.length > 10 && events.length <= 16, `${events.length}`);
  });

  it('changes the share for all versions or for one, and back', () => {
    const { sampler, see } = setUp({ ...ALL, share: 0, perInterval: 1_000 });
    const picks = (version: Version) =>
      Array.from({ length: 1_000 }, () => see(version)).filter((one) => one !== undefined).length;
    assert.equal(picks(V1), 0);
    sampler.setShare(1);
    assert.deepEqual([picks(V1), picks(V2)], [1_000, 1_000]);
    sampler.take();
    sampler.setShare(0.1, V2);
    const few = picks(V2);
    assert.ok(few > 50 && few < 150, `${few}`);
    assert.equal(picks(V1), 1_000);
    sampler.take();
    for (const wrong of [undefined, Number.NaN, 2]) {
      sampler.setShare(1);
      sampler.setShare(wrong);
      assert.deepEqual([picks(V1), picks(V2)], [0, 0]);
    }
  });

  it('counts what could not be read and lets nothing of it reach the caller', () => {
    const { sampler, see, losses } = setUp();
    const bad = {
      get x() {
        throw new Error('theirs');
      },
      list: [1],
      y: 1,
    };
    see(V1, {}, { feature: bad });
    assert.deepEqual(sampler.take()[0]?.values, [{ stage: 'feature', field: 'y', value: 1 }]);
    assert.deepEqual([losses.total('event-field-failed'), losses.total('event-field-omitted')], [1, 1]);
    sampler.pick(V1, 1, true, undefined, false);
    sampler.keep(V1, 'error', undefined as never, {}, NO_IDS);
    assert.equal(losses.total('capture-failed'), 1);
    assert.deepEqual(sampler.take(), []);
  });

  it('picks without allocating', () => {
    const { sampler } = setUp({ share: 0.001, lowConfidence: 0.1 });
    const picked = (calls: number) => {
      let picks = 0;
      for (let i = 0; i < calls; i++) {
        if (sampler.pick(V1, i % 1_000, false, 0.5, false) !== undefined) picks++;
      }
      return picks;
    };
    // Whole latencies, since the caller would have to box others.
    picked(1_000_000);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    /** Bytes that so many calls take, with what measuring takes itself. */
    const bytesOf = (calls: number): number => {
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 10; round++) {
        // So that none is collected while it is measured.
        collect();
        const before = process.memoryUsage().heapUsed;
        picked(calls);
        least = Math.min(least, Math.abs(process.memoryUsage().heapUsed - before));
      }
      return least;
    };
    const [few, many] = [bytesOf(20_000), bytesOf(200_000)];
    // The smallest thing there is to allocate, a boxed number, is 16 bytes. What is left of measuring is 2, or 4
    // where the machine is busy.
    const bytesACall = (many - few) / 180_000;
    assert.ok(bytesACall < 8, `${bytesACall} bytes a call`);
  });
});

describe('a canary in a hundred fields', () => {
  const CANARY = 'canary-4f1d';
  const secret = (i: number) => `${CANARY}-${i}`;
  class Holder {
    readonly value = secret(1);
    get derived() {
      return secret(2);
    }
    toString() {
      return secret(3);
    }
    toJSON() {
      return secret(4);
    }
    [Symbol.toPrimitive]() {
      return secret(5);
    }
  }
  const kinds: ((i: number) => unknown)[] = [
    secret,
    (i) => ({ nested: { deep: secret(i) } }),
    (i) => [secret(i)],
    (i) => Buffer.from(secret(i)),
    (i) => new Map([[secret(i), secret(i)]]),
    (i) => new Set([secret(i)]),
    (i) => Symbol(secret(i)),
    (i) => new String(secret(i)),
    (i) => new Error(secret(i)),
    (i) => () => secret(i),
    () => new Holder(),
    (i) => new Uint16Array([...secret(i)].map((char) => char.charCodeAt(0))),
    (i) =>
      new Proxy(
        {},
        {
          get: () => secret(i),
          ownKeys: () => [secret(i)],
          getOwnPropertyDescriptor: () => ({ value: secret(i), enumerable: true, configurable: true }),
        },
      ),
    (i) => new URL(`https://example.org/${secret(i)}`),
    (i) => Promise.resolve(secret(i)),
  ];
  const fields = (prefix: string, from = 0) => {
    const row: Record<PropertyKey, unknown> = { safe: 1 };
    for (let i = from; i < 100; i++) {
      const value = kinds[i % kinds.length]?.(i);
      const get = () => value;
      Object.defineProperty(
        row,
        `${prefix}${i}`,
        i % 2 === 0 ? { get, enumerable: true } : { value, enumerable: i % 3 > 0 },
      );
      row[Symbol(`${prefix}${i}`)] = secret(i);
    }
    Object.setPrototypeOf(row, { inherited: secret(0) });
    return row;
  };

  function sent(options: EventOptions, row: object): string {
    const { sampler, see } = setUp({ ...ALL, ...options });
    const stages = ['input', 'feature', 'prediction', 'confidence', 'step:gen'];
    for (const given of [{}, { failed: true }, { violated: true }]) {
      see(V1, given, Object.fromEntries(stages.map((stage) => [stage, row])));
    }
    const events = sampler.take();
    assert.equal(events.length, 3);
    const raw = Buffer.from(encodeEvents(events));
    return inspect(events, { depth: 9, showHidden: true, maxArrayLength: null }) + raw.toString('latin1');
  }

  const hashKey = Buffer.alloc(16, 9);
  const rules: Record<string, EventOptions['privacy']> = {
    'by default': {},
    'not allowed': { allow: ['*/safe'] },
    denied: { allow: ['*/*'], deny: ['*/x*'] },
    redacted: { allow: ['*/*'], redact: ['*/x*'] },
    hashed: { allow: ['*/*'], hash: ['*/x*'], hashKey },
    'numbers only': { allow: ['*/*'], numericOnly: true },
  };
  for (const [name, privacy] of Object.entries(rules)) {
    it(`does not leave: ${name}`, () => {
      const text = sent({ privacy: privacy ?? {} }, fields('x'));
      assert.ok(!text.includes(CANARY), text.slice(Math.max(0, text.indexOf(CANARY) - 200)).slice(0, 400));
      if (name !== 'by default') assert.ok(text.includes('safe'));
    });
  }

  it('leaves where it is a text that is allowed, so that the test above means something', () => {
    assert.ok(sent({}, fields('x')).includes(CANARY));
  });

  it('does not leave in anything but texts, though everything is allowed', () => {
    const row = fields('x');
    const names = Object.getOwnPropertyNames(row).filter((name) => typeof row[name] !== 'string');
    const others = Object.fromEntries(names.map((name) => [name, row[name]]));
    assert.ok(names.length > 90 && !sent({}, others).includes(CANARY));
  });
});

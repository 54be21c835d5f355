import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  decodeEvent,
  type Event,
  EventSchema,
  encodeEvent,
  LIMITS,
  type PlainEvent,
  type RefusalCode,
  STRATA,
  type Stratum,
  VIOLATION_ACTIONS,
  WireError,
} from '@tidemark/proto';
import fc from 'fast-check';

const VALUE = { stage: 'feature', field: 'distance', value: 12.5 };
const VIOLATION = { check: 'range', stage: 'feature', field: 'distance', action: 'fallback' } as const;
const EVENT: PlainEvent = {
  version: { model: 'm', version: '1' },
  predictionId: 'p-1',
  atMs: Date.UTC(2001, 0, 1),
  stratum: 'violation',
  weight: 3,
  slice: 'country=DE',
  latencyMs: 1.5,
  failed: false,
  values: [VALUE],
  violations: [VIOLATION],
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
};

/** As it comes out on the other side: through the bytes of the message, not only its object. */
function sent(event: PlainEvent): PlainEvent {
  return decodeEvent(fromBinary(EventSchema, toBinary(EventSchema, encodeEvent(event))));
}

function refusalOf(message: Event): RefusalCode {
  try {
    decodeEvent(message);
  } catch (error) {
    assert.ok(error instanceof WireError, String(error));
    assert.notEqual(error.message, '');
    return error.code;
  }
  return assert.fail('the message was taken');
}

const name = fc.stringMatching(/^[\p{L}0-9_. -]{1,30}$/u);
const hex = (digits: number) => fc.oneof(fc.constant(''), fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)));
const stage = fc.constantFrom('input', 'feature', 'prediction', 'confidence', 'latency', 'outcome', 'step:rank');
const anyEvent: fc.Arbitrary<PlainEvent> = fc.record(
  {
    version: fc.record({ model: name, version: name }, { noNullPrototype: true }),
    predictionId: fc.oneof(fc.constant(''), name),
    atMs: fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
    stratum: fc.constantFrom(...STRATA),
    weight: fc.double({ min: 1, max: 1e12, noNaN: true }),
    slice: fc.oneof(fc.constant(''), name),
    latencyMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    failed: fc.boolean(),
    values: fc.array(
      fc.record(
        {
          stage,
          field: fc.oneof(name, fc.constantFrom('__proto__', 'constructor')),
          value: fc.oneof(
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => text.isWellFormed()),
            fc.boolean(),
            fc.constant(undefined),
          ),
        },
        { noNullPrototype: true },
      ),
      { maxLength: 20 },
    ),
    violations: fc.array(
      fc.record(
        {
          check: name,
          stage: fc.oneof(fc.constant(''), stage),
          field: fc.oneof(fc.constant(''), name),
          action: fc.constantFrom(...VIOLATION_ACTIONS),
        },
        { noNullPrototype: true },
      ),
      { maxLength: 4 },
    ),
    traceId: hex(32),
    spanId: hex(16),
  },
  { noNullPrototype: true },
);

describe('the way of an event over the wire', () => {
  test('keeps everything that it says', () => {
    fc.assert(
      fc.property(anyEvent, (event) => assert.deepEqual(sent(event), event)),
      { numRuns: 200 },
    );
  });

  test('tells what numbers that are none came as, and rounds no number', () => {
    const values = [Number.NaN, Infinity, -Infinity, -0, 5e-324, Number.MAX_VALUE].map((value) => ({
      ...VALUE,
      value,
    }));
    assert.deepEqual(
      sent({ ...EVENT, values }).values.map(({ value }) => value),
      ['NaN', 'Infinity', '-Infinity', -0, 5e-324, Number.MAX_VALUE],
    );
  });

  test('mends and cuts text to what the wire takes, whole characters only', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'ä', '€', '😀', '\ud800', '\u0000'), maxLength: 400 }),
        (text) => {
          const [came] = sent({ ...EVENT, values: [{ ...VALUE, value: text }] }).values;
          assert.ok(typeof came?.value === 'string');
          assert.ok(text.toWellFormed().startsWith(came.value));
          const bytes = Buffer.byteLength(came.value);
          const whole = Buffer.byteLength(text.toWellFormed());
          assert.ok(
            bytes <= LIMITS.maxTextBytes && (bytes === whole || bytes > LIMITS.maxTextBytes - 4),
            `${bytes} of ${whole}`,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('has room for as many of the longest values as need not be measured, and for no event over its bytes', () => {
    const longest = {
      stage: `step:${'x'.repeat(LIMITS.maxNameBytes - 5)}`,
      field: 'x'.repeat(LIMITS.maxNameBytes),
      value: 'x'.repeat(LIMITS.maxTextBytes),
    };
    const of = (count: number) => encodeEvent({ ...EVENT, values: new Array(count).fill(longest) });
    let most = 0;
    while (toBinary(EventSchema, of(most + 1)).length <= LIMITS.maxEventBytes) most++;
    assert.ok(most > 121, `${most} of them fit`);
    assert.equal(decodeEvent(of(most)).values.length, most);
    assert.equal(refusalOf(of(most + 1)), 'too_large');
  });

  test('takes as many short values as there may be', () => {
    const values = (count: number) => Array.from({ length: count }, (_, i) => ({ ...VALUE, field: `f${i}` }));
    assert.equal(sent({ ...EVENT, values: values(LIMITS.maxValues) }).values.length, LIMITS.maxValues);
    assert.equal(refusalOf(encodeEvent({ ...EVENT, values: values(LIMITS.maxValues + 1) })), 'too_large');
  });
});

describe('a spoilt event', () => {
  const tooLong = 'x'.repeat(LIMITS.maxNameBytes + 1);
  type Change = Partial<Omit<Event, 'values' | 'violations'>> & {
    value?: object;
    violation?: object;
  };
  const spoilt: readonly [string, RefusalCode, Change][] = [
    ['without a model', 'bad_name', { model: '' }],
    ['of a version too long', 'bad_name', { version: tooLong }],
    ['with a control character in the name of its prediction', 'bad_name', { predictionId: 'a\n' }],
    ['with a name of its prediction that is too long', 'bad_name', { predictionId: tooLong }],
    ['of a time beyond all numbers', 'malformed', { atUnixMs: 2n ** 60n }],
    ['of no stratum', 'malformed', { stratum: 0 }],
    ['of a stratum of the future', 'malformed', { stratum: 99 as Stratum }],
    ['that stands for less than itself', 'malformed', { weight: 0.5 }],
    ['of a weight that is no number', 'malformed', { weight: Number.NaN }],
    ['of an infinite weight', 'malformed', { weight: Infinity }],
    ['of a slice too long', 'bad_name', { slice: tooLong }],
    ['that took less than no time', 'malformed', { latencyMs: -1 }],
    ['that took no number of ms', 'malformed', { latencyMs: Number.NaN }],
    ['with a trace id cut short', 'malformed', { traceId: EVENT.traceId.slice(1) }],
    ['with a trace id in capitals', 'malformed', { traceId: EVENT.traceId.toUpperCase() }],
    ['with a line break behind its span id', 'malformed', { spanId: `${EVENT.spanId.slice(1)}\n` }],
    ['with a value of no stage', 'bad_name', { value: { stage: '' } }],
    ['with a value of an unknown stage', 'bad_name', { value: { stage: 'features' } }],
    ['with a value of no field', 'bad_name', { value: { field: '' } }],
    ['with a number that is none', 'malformed', { value: { value: { case: 'number', value: Number.NaN } } }],
    ['with an infinite number', 'malformed', { value: { value: { case: 'number', value: -Infinity } } }],
    ['with a text too long in bytes', 'too_large', { value: { value: { case: 'text', value: 'ä'.repeat(129) } } }],
    ['with half a character', 'malformed', { value: { value: { case: 'text', value: '\ud800' } } }],
    ['with a violation of no check', 'bad_name', { violation: { check: '' } }],
    ['with a violation of an unknown stage', 'bad_name', { violation: { stage: 'features' } }],
    ['with a violation of a field too long', 'bad_name', { violation: { field: tooLong } }],
    ['with a violation of an unknown action', 'malformed', { violation: { action: 'explode' } }],
  ];
  for (const [what, code, { value, violation, ...changes }] of spoilt) {
    test(`${what} is refused as ${code}`, () => {
      const message = encodeEvent(EVENT);
      decodeEvent(message);
      Object.assign(message, changes);
      Object.assign(message.values[0] ?? {}, value);
      Object.assign(message.violations[0] ?? {}, violation);
      assert.equal(refusalOf(message), code);
    });
  }

  test('is taken or refused by code, wherever a byte of it was turned', () => {
    const whole = toBinary(EventSchema, encodeEvent(EVENT));
    const seen = { taken: 0, refused: 0, noMessage: 0 };
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, turned) => {
        const bytes = Uint8Array.from(whole);
        bytes[at % bytes.length]! ^= turned;
        let message: Event;
        try {
          message = fromBinary(EventSchema, bytes);
        } catch {
          seen.noMessage++;
          return;
        }
        try {
          const event = decodeEvent(message);
          assert.deepEqual(sent(event), event);
          seen.taken++;
        } catch (error) {
          assert.ok(error instanceof WireError, String(error));
          seen.refused++;
        }
      }),
      { numRuns: 1000 },
    );
    assert.ok(
      Object.values(seen).every((count) => count > 0),
      JSON.stringify(seen),
    );
  });
});

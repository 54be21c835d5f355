import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  checkName,
  decodeSummary,
  encodeSummary,
  KindsSchema,
  LIMITS,
  type RefusalCode,
  SeriesKindMessage,
  type SeriesName,
  type SummaryMessage,
  SummarySchema,
  toCount,
  WireError,
} from '@tidemark/proto';
import { MAX_CENTROIDS, MAX_DIRECTIONS, SERIES_KINDS, type SeriesKind, Summary } from '@tidemark/sketch';
import fc from 'fast-check';

const NAME: SeriesName = { stage: 'feature', field: 'distance', slice: '' };
const QS = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1];

function summaryOf(kind: SeriesKind, values: readonly unknown[], known?: ReadonlySet<string>): Summary {
  const summary = new Summary(kind, kind === 'number' ? { range: { min: -100, max: 100 } } : known ? { known } : {});
  for (const value of values) summary.add(value);
  return summary;
}

/** As it comes out on the other side: through the bytes of the message, not only its object. */
function sent(name: SeriesName, summary: Summary): ReturnType<typeof decodeSummary> {
  return decodeSummary(fromBinary(SummarySchema, toBinary(SummarySchema, encodeSummary(name, summary))));
}

function messageOf(kind: SeriesKind = 'number', values: readonly unknown[] = [1, 2, 3]): SummaryMessage {
  return encodeSummary(NAME, summaryOf(kind, values));
}

function refusalOf(message: SummaryMessage): RefusalCode {
  try {
    decodeSummary(message);
  } catch (error) {
    assert.ok(error instanceof WireError, String(error));
    assert.notEqual(error.message, '');
    return error.code;
  }
  return assert.fail('the message was taken');
}

const oddValue = fc.constantFrom<unknown>(null, undefined, Number.NaN, Infinity, -Infinity, Symbol('s'), {});
const numberValue = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 4, arbitrary: fc.integer({ min: -200, max: 200 }) },
  { weight: 1, arbitrary: oddValue },
);
const categoryValue = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 4, arbitrary: fc.constantFrom('DE', 'FR', '', '__proto__', 'constructor', true, 7) },
  { weight: 1, arbitrary: oddValue },
);
const seriesName = fc.record(
  {
    stage: fc.constantFrom('input', 'feature', 'prediction', 'confidence', 'latency', 'outcome', 'step:rank'),
    field: fc.stringMatching(/^[\p{L}0-9_. -]{1,30}$/u),
    slice: fc.constantFrom('', 'country=DE'),
  },
  { noNullPrototype: true },
);

describe('the way of a summary over the wire', () => {
  test('keeps every count, moment and quantile of numbers', () => {
    fc.assert(
      fc.property(seriesName, fc.array(numberValue, { maxLength: 300 }), (name, values) => {
        const before = summaryOf('number', values);
        const { summary: after, ...named } = sent(name, before);
        assert.deepEqual(named, name);
        assert.equal(after.kind, 'number');
        assert.deepEqual({ ...after.kinds }, { ...before.kinds });
        assert.deepEqual(after.digest.quantiles(QS), before.digest.quantiles(QS));
        assert.deepEqual(after.digest.centroids(), before.digest.centroids());
        for (const part of ['count', 'min', 'max', 'mean', 'm2'] as const) {
          assert.equal(after.moments[part], before.moments[part], part);
        }
      }),
    );
  });

  test('keeps every count and key of categories', () => {
    const known = new Set(['DE', 'true']);
    fc.assert(
      fc.property(seriesName, fc.array(categoryValue, { maxLength: 300 }), (name, values) => {
        const before = summaryOf('category', values, known);
        const { summary: after, ...named } = sent(name, before);
        assert.deepEqual(named, name);
        assert.equal(after.kind, 'category');
        assert.deepEqual({ ...after.kinds }, { ...before.kinds });
        assert.deepEqual(after.categories.entries(), before.categories.entries());
        assert.deepEqual(
          [after.categories.total, after.categories.other, after.categories.exact],
          [before.categories.total, before.categories.other, before.categories.exact],
        );
      }),
    );
  });

  test('keeps categories beyond the cap, with what may have been overcounted', () => {
    const before = summaryOf(
      'category',
      Array.from({ length: 2000 }, (_, i) => `key-${i % 7 === 0 ? 'often' : i}`),
    );
    const { summary: after } = sent(NAME, before);
    assert.equal(before.categories.exact, false);
    assert.deepEqual(after.categories.entries(), before.categories.entries());
    assert.equal(after.categories.unlistedMost, before.categories.unlistedMost);
  });

  test('keeps every count and digest of vectors, of any size and number of directions', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 3, 200),
        fc.constantFrom(1, 16, 64),
        fc.array(fc.oneof(fc.constantFrom(0, 0.5, -7, 1e100, Number.NaN), oddValue), { maxLength: 20 }),
        (size, directions, seeds) => {
          const before = new Summary('vector', { projections: { directions, seed: 3 } });
          for (const seed of seeds) before.add(typeof seed === 'number' ? new Float64Array(size).fill(seed) : seed);
          const { summary: after } = sent(NAME, before);
          assert.equal(after.kind, 'vector');
          assert.deepEqual({ ...after.kinds }, { ...before.kinds });
          if (before.kinds.valid > 0) assert.deepEqual(after.projections.toBytes(), before.projections.toBytes());
          after.merge(before);
          assert.equal(after.kinds.valid, 2 * before.kinds.valid);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('keeps every count of pairs, and how they go together', () => {
    const value = fc.oneof(fc.double(), oddValue);
    fc.assert(
      fc.property(seriesName, fc.array(fc.tuple(value, value), { maxLength: 30 }), (name, values) => {
        const before = summaryOf('pair', values);
        const { summary: after, ...named } = sent(name, before);
        assert.deepEqual(named, name);
        assert.equal(after.kind, 'pair');
        assert.deepEqual({ ...after.kinds }, { ...before.kinds });
        assert.deepEqual(after.pairs.toBytes(), before.pairs.toBytes());
      }),
    );
  });

  test('has room for the largest summary of vectors there can be', () => {
    const summary = new Summary('vector', {
      sizeRule: { middle: 0.002, tail: 0.02 },
      projections: { directions: MAX_DIRECTIONS },
    });
    for (let i = 0; i < 5000; i++) summary.add(Float64Array.from({ length: 8 }, (_, j) => Math.sin(i * 8 + j) ** 3));
    const bytes = toBinary(SummarySchema, encodeSummary(NAME, summary)).length;
    // No digest has more than MAX_CENTROIDS, each of a mean of 8 bytes, a weight of up to 7 and a bit.
    const most = (MAX_DIRECTIONS + 2) * (MAX_CENTROIDS * 16 + 128);
    assert.ok(bytes < most && most < LIMITS.maxBytes / 2, `${bytes} bytes, at most ${most}`);
    assert.equal(sent(NAME, summary).summary.kinds.valid, 5000);
  });

  test('leaves the summary that was sent as it was, and what came can be added to', () => {
    const before = summaryOf('number', [1, 2, 3]);
    const { summary: after } = sent(NAME, before);
    after.add(1000);
    after.merge(before);
    assert.deepEqual([before.kinds.valid, before.digest.max], [3, 3]);
    assert.deepEqual([after.kinds.valid, after.digest.max, after.moments.count], [7, 1000, 7]);
  });

  test('needs no sketch where no value is valid', () => {
    for (const kind of SERIES_KINDS) {
      const nan = { number: Number.NaN, category: Number.NaN, vector: [Number.NaN], pair: [1, Number.NaN] }[kind];
      const message = messageOf(kind, [null, nan]);
      const { digest, moments, categories, projections } = message;
      assert.deepEqual(
        [digest, moments, categories, projections].map(({ length }) => length),
        [0, 0, 0, 0],
      );
      const { summary } = decodeSummary(message);
      assert.deepEqual([summary.kind, summary.kinds.missing, summary.kinds.nan, summary.kinds.total], [kind, 1, 1, 2]);
    }
  });
});

describe('a spoilt summary', () => {
  type Change = Partial<Omit<SummaryMessage, 'kinds'>> & { kinds?: MessageInitShape<typeof KindsSchema> | null };
  const { digest } = messageOf();
  const tooLong = 'x'.repeat(LIMITS.maxNameBytes + 1);
  const spoilt: readonly [string, RefusalCode, Change][] = [
    ['of no stage', 'bad_name', { stage: '' }],
    ['of an unknown stage', 'bad_name', { stage: 'features' }],
    ['of a step without a name', 'bad_name', { stage: 'step:' }],
    ['of a stage with a slash', 'bad_name', { stage: 'step:a/b' }],
    ['of a stage too long', 'bad_name', { stage: `step:${tooLong}` }],
    ['of a stage with a control character', 'bad_name', { stage: 'step:a\u0000' }],
    ['without a field', 'bad_name', { field: '' }],
    ['with a field too long in bytes', 'bad_name', { field: 'ä'.repeat(LIMITS.maxNameBytes / 2 + 1) }],
    ['with a field of control characters', 'bad_name', { field: 'a\u0007' }],
    ['with a field of half a character', 'bad_name', { field: 'a\ud800' }],
    ['with a slice too long', 'bad_name', { slice: tooLong }],
    ['of no kind', 'malformed', { kind: 0 }],
    ['of a kind of the future', 'malformed', { kind: 99 as SeriesKindMessage }],
    ['of pairs, with the moments of numbers', 'malformed', { kind: SeriesKindMessage.PAIR, digest: new Uint8Array() }],
    ['of the other kind', 'malformed', { kind: SeriesKindMessage.CATEGORY }],
    ['without kinds', 'malformed', { kinds: null }],
    ['with a count above 2^53', 'malformed', { kinds: { valid: 3n, missing: 2n ** 53n } }],
    ['with more valid values than its sketches', 'malformed', { kinds: { valid: 4n } }],
    ['with fewer valid values than its sketches', 'malformed', { kinds: { valid: 2n } }],
    ['with more out of range than valid', 'malformed', { kinds: { valid: 3n, outOfRange: 4n } }],
    ['with unseen numbers', 'malformed', { kinds: { valid: 3n, unseen: 1n } }],
    ['with sketches of values it does not count', 'malformed', { kinds: { missing: 3n } }],
    ['without its digest', 'malformed', { digest: new Uint8Array() }],
    ['without its moments', 'malformed', { moments: new Uint8Array() }],
    ['with categories too', 'malformed', { categories: messageOf('category', ['a', 'a', 'a']).categories }],
    ['with projections too', 'malformed', { projections: messageOf('vector', [[1], [2], [3]]).projections }],
    ['with a digest cut short', 'malformed', { digest: digest.slice(0, -1) }],
    ['with a digest and a byte more', 'malformed', { digest: Uint8Array.of(...digest, 0) }],
    ['with a digest of another version', 'malformed', { digest: Uint8Array.of(99, ...digest.slice(1)) }],
    ['with the digest of other values', 'malformed', { digest: messageOf('number', [1, 2, 4]).digest }],
    ['with the moments of other values', 'malformed', { moments: messageOf('number', [1, 2]).moments }],
    ['with a digest of noise', 'malformed', { digest: new Uint8Array(4096).fill(0xff) }],
  ];
  for (const [what, code, { kinds, ...changes }] of spoilt) {
    test(`${what} is refused as ${code}`, () => {
      const message = messageOf();
      decodeSummary(message);
      Object.assign(message, changes);
      if (kinds === null) delete message.kinds;
      else if (kinds !== undefined) message.kinds = create(KindsSchema, kinds);
      assert.equal(refusalOf(message), code);
    });
  }

  test('of categories is refused where their counts are spoilt', () => {
    const message = messageOf('category', ['a', 'b', 'b']);
    message.kinds!.valid = 4n;
    assert.equal(refusalOf(message), 'malformed');
    const unseen = messageOf('category', ['a', 'b', 'b']);
    unseen.kinds!.unseen = 4n;
    assert.equal(refusalOf(unseen), 'malformed');
  });

  test('of vectors is refused where its parts are spoilt', () => {
    const good = () =>
      messageOf('vector', [
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
    decodeSummary(good());
    const { digest: foreign, moments } = messageOf();
    const changes: Change[] = [
      { kinds: { valid: 4n } },
      { kinds: { valid: 3n, unseen: 1n } },
      { kinds: { valid: 3n, outOfRange: 1n } },
      { kinds: { missing: 3n } },
      { projections: new Uint8Array() },
      { projections: good().projections.slice(0, -1) },
      { projections: Uint8Array.of(...good().projections, 0) },
      { projections: foreign },
      { digest: foreign },
      { moments },
      { kind: SeriesKindMessage.NUMBER },
      { kind: SeriesKindMessage.CATEGORY },
    ];
    for (const { kinds, ...rest } of changes) {
      const message = Object.assign(good(), rest);
      if (kinds) message.kinds = create(KindsSchema, kinds);
      assert.equal(refusalOf(message), 'malformed');
    }
  });

  test('is taken or refused by code, wherever a byte of it was turned', () => {
    const whole = {
      number: messageOf(
        'number',
        Array.from({ length: 500 }, (_, i) => Math.sin(i) * 50),
      ),
      category: messageOf(
        'category',
        Array.from({ length: 500 }, (_, i) => `key ${i % 40}`),
      ),
      vector: messageOf(
        'vector',
        Array.from({ length: 500 }, (_, i) => [Math.sin(i), i]),
      ),
    };
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(
          ['number', 'digest'] as const,
          ['number', 'moments'] as const,
          ['category', 'categories'] as const,
          ['vector', 'projections'] as const,
        ),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ([kind, part], at, turned) => {
          const message = create(SummarySchema, whole[kind]);
          const bytes = Uint8Array.from(message[part]);
          bytes[at % bytes.length]! ^= turned;
          message[part] = bytes;
          try {
            const { summary } = decodeSummary(message);
            assert.equal(summary.kinds.valid, 500);
            assert.ok(kind !== 'number' || summary.digest.quantile(0.5) <= summary.digest.max);
          } catch (error) {
            assert.ok(error instanceof WireError && error.code === 'malformed', String(error));
            refused++;
          }
        },
      ),
      { numRuns: 500 },
    );
    assert.ok(refused > 0);
  });
});

describe('names and counts', () => {
  test('a name may fill its bytes and no more', () => {
    checkName('field', 'ä'.repeat(LIMITS.maxNameBytes / 2));
    assert.throws(() => checkName('field', 'x'.repeat(LIMITS.maxNameBytes + 1)), {
      code: 'bad_name',
      message: 'field: expected 1 to 128 bytes, got 129',
    });
  });

  test('a count is exact or refused', () => {
    assert.equal(toCount('rows', BigInt(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
    assert.throws(() => toCount('rows', 2n ** 53n), { code: 'malformed' });
  });

  test('as many directions as the sketch can make are as many as the wire takes', () => {
    assert.equal(MAX_DIRECTIONS, LIMITS.maxDirections);
  });

  test('a digest that the sketch can make is one that the wire takes', () => {
    assert.ok(MAX_CENTROIDS <= LIMITS.maxCentroids, `${MAX_CENTROIDS} > ${LIMITS.maxCentroids}`);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Verdict } from '../../../agent/src/guard/guard.ts';
import { makeGuard } from './make-guard.ts';

const INHERITED: unknown = Object.create({ flag: true, tags: ['inherited'] });
const BIG = 'x'.repeat(1 << 20);

/** A check of the field `x`, values that pass it, and values that break it with the name they break it under. */
const TABLE: [check: object, passes: unknown[], breaks: [unknown, string][]][] = [
  [
    { required: true },
    [0, '', false, Number.NaN, {}, Symbol.iterator],
    [
      [undefined, 'presence'],
      [null, 'presence'],
    ],
  ],
  [
    { type: 'number' },
    [1, -0, 5n, 10n ** 300n, undefined, null],
    [
      ['1', 'type'],
      [10n ** 1000n, 'type'],
      [Number.NaN, 'type'],
      [Number.POSITIVE_INFINITY, 'type'],
      [new Date(5), 'type'],
      [true, 'type'],
      [[1], 'type'],
      [Symbol('s'), 'type'],
    ],
  ],
  [
    { type: 'integer' },
    [3, -7, 2n ** 64n],
    [
      [1.5, 'type'],
      ['3', 'type'],
      [Number.NEGATIVE_INFINITY, 'type'],
    ],
  ],
  [
    { type: 'string' },
    ['', 'a', BIG],
    [
      [1, 'type'],
      [Object('a'), 'type'],
      [() => 'a', 'type'],
    ],
  ],
  [
    { type: 'boolean' },
    [true, false, undefined],
    [
      [1, 'type'],
      ['true', 'type'],
      [Object(true), 'type'],
    ],
  ],
  [
    { min: 0, max: 5 },
    [0, 5, 2.5, 5n],
    [
      [-0.001, 'range'],
      [6n, 'range'],
      [5.1, 'range'],
      [Number.NaN, 'type'],
      ['3', 'type'],
      [[], 'type'],
    ],
  ],
  [
    { min: -5 },
    [-5, 1e308],
    [
      [-5.1, 'range'],
      [Number.POSITIVE_INFINITY, 'type'],
    ],
  ],
  [{ max: 1e-300 }, [-1e308, 0], [[1e-299, 'range']]],
  [
    { type: 'integer', min: 1 },
    [1, 2n],
    [
      [1.5, 'type'],
      [0, 'range'],
    ],
  ],
  [
    { values: ['DE', '1', 'true', '__proto__'] },
    ['DE', 1, true, 1n, '__proto__'],
    [
      ['de', 'category'],
      [false, 'category'],
      [BIG, 'category'],
      [10n ** 1000n, 'type'],
      [{}, 'type'],
      [Symbol('DE'), 'type'],
    ],
  ],
  [
    { pattern: /^[A-Z]{2}$/g },
    ['DE', 'FR', 'IT'],
    [
      ['de', 'pattern'],
      [12, 'pattern'],
      [{}, 'type'],
      [BIG, 'pattern'],
    ],
  ],
  [
    { pattern: 'x' },
    ['x'.repeat(1_024)],
    [
      ['x'.repeat(1_025), 'pattern'],
      ['y', 'pattern'],
    ],
  ],
  [
    { type: 'string', pattern: '^\\d+$' },
    ['12'],
    [
      [12, 'type'],
      ['a', 'pattern'],
    ],
  ],
  [
    { type: 'number', values: ['1', '2'] },
    [1, 2n],
    [
      ['1', 'type'],
      [3, 'category'],
    ],
  ],
];

const checksOf = (verdict: Verdict | undefined) => verdict?.violations.map(({ check }) => check) ?? [];

describe('a check of a field', () => {
  for (const mayCompile of [true, false]) {
    const how = mayCompile ? 'compiled' : 'interpreted';
    for (const [check, passes, breaks] of TABLE) {
      it(`holds for what it allows, and names what it does not: ${JSON.stringify({ ...check, ...('pattern' in check && { pattern: `${check.pattern}` }) })}, ${how}`, () => {
        const { guard, lost } = makeGuard({ fields: { x: check } }, { mayCompile });
        for (const x of passes) {
          assert.equal(guard.before({}, { x }, []), undefined, String(x));
          assert.equal(guard.before({}, Object.freeze(Object.assign(Object.create(null), { x })), []), undefined);
        }
        for (const [x, name] of breaks) assert.deepEqual(checksOf(guard.before({}, { x }, [])), [name], typeof x);
        assert.deepEqual(lost, []);
      });
    }

    it(`takes only what is the object's own for there, ${how}`, () => {
      const fields = {
        flag: { required: true, type: 'boolean' },
        toString: { required: true },
        __proto__: null,
        tags: { required: true },
      };
      const { guard } = makeGuard({ fields }, { mayCompile });
      assert.deepEqual(checksOf(guard.before({}, INHERITED as object, [])), ['presence', 'presence', 'presence']);
      const own = { flag: false, toString: 'text', tags: [] };
      assert.equal(guard.before({}, own, []), undefined);
    });

    it(`reads a field named __proto__ and one with quotes, line ends and code in its name, ${how}`, () => {
      const nasty = '"];\u2028throw new Error("ran"); //${`';
      const fields = ['__proto__', nasty].map((field) => ({ field, required: true, type: 'string' }));
      const { guard } = makeGuard({ fields }, { mayCompile });
      const row = JSON.parse('{"__proto__": "own"}');
      row[nasty] = 'here';
      assert.equal(guard.before({}, row, []), undefined);
      assert.deepEqual(
        guard.before({}, {}, [])?.violations.map(({ field, check }) => [field, check]),
        [
          ['__proto__', 'presence'],
          [nasty, 'presence'],
        ],
      );
    });

    it(`reads every field once, whatever asks for it, and no other, ${how}`, () => {
      const reads: string[] = [];
      const row = new Proxy(
        { a: 1, b: 2, c: 3 },
        {
          get(target, key) {
            reads.push(String(key));
            return Reflect.get(target, key);
          },
        },
      );
      const fields = [
        { field: 'a', min: 5 },
        { field: 'a', max: 0, action: 'reject' },
      ];
      const relations = [
        { name: 'r', fields: ['a', 'b'], check: '>' },
        { name: 'q', fields: ['b', 'a'], check: '=' },
      ];
      const { guard } = makeGuard({ fields, relations }, { mayCompile });
      const verdict = guard.before({}, row, []);
      assert.deepEqual(reads, ['a', 'b']);
      assert.equal(verdict?.action, 'reject');
      assert.deepEqual(checksOf(verdict), ['range', 'range', 'relation', 'relation']);
    });

    it(`leaves the other fields and relations alone where one cannot be read, ${how}`, () => {
      const row = {
        a: 9,
        get b() {
          throw new Error('theirs');
        },
        c: 9,
      };
      const fields = ['a', 'b', 'c'].map((field) => ({ field, max: 5 }));
      const relations = [
        { name: 'ab', fields: ['a', 'b'], check: '<' },
        { name: 'ac', fields: ['a', 'c'], check: '<' },
        { name: 'asked', fields: ['a', 'b'], test: () => assert.fail('b is not there') },
      ];
      const names = (verdict: Verdict | undefined) => verdict?.violations.map(({ field, got }) => `${field}: ${got}`);
      const open = makeGuard({ fields, relations }, { mayCompile });
      assert.deepEqual(names(open.guard.before({}, row, [])), [
        'a: a number',
        'c: a number',
        'ac: a number and a number',
      ]);
      assert.deepEqual(open.lost, ['check-failed']);
      const closed = makeGuard({ fields, relations, onFailure: 'closed' }, { mayCompile });
      const failed = 'a check that failed';
      assert.deepEqual(names(closed.guard.before({}, row, [])), [
        'a: a number',
        `b: ${failed}`,
        'c: a number',
        `ab: ${failed}`,
        'ac: a number and a number',
        `asked: ${failed}`,
      ]);
      assert.deepEqual(closed.lost, ['check-failed']);
    });

    it(`survives what throws when it is looked at, ${how}`, () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      const cyclic: Record<string, unknown> = {};
      cyclic.x = cyclic;
      const { guard, lost } = makeGuard({ fields: { x: { type: 'number', action: 'reject' } } }, { mayCompile });
      assert.equal(guard.before({}, proxy, []), undefined);
      assert.deepEqual(lost, ['check-failed']);
      assert.deepEqual(guard.before({}, cyclic, [])?.violations[0]?.got, 'an object');
      assert.deepEqual(guard.before({}, { x: proxy }, [])?.violations[0]?.got, 'an object');
      // biome-ignore lint/suspicious/noSparseArray: it is what is tested
      assert.deepEqual(guard.before({}, { x: [, 1] }, [])?.violations[0]?.got, 'a list of 2');
    });
  }
});

describe('a relation', () => {
  const HOLDS: [check: string, a: unknown, b: unknown, holds: boolean][] = [
    ['<', 1, 2, true],
    ['<', 2, 2, false],
    ['<=', 2, 2n, true],
    ['=', 2, 2n, true],
    ['=', 2, '2', false],
    ['=', true, true, true],
    ['!=', true, false, true],
    ['!=', 1, 2, true],
    ['!=', 1, 1, false],
    ['!=', 1, Number.NaN, false],
    ['=', Number.NaN, Number.NaN, false],
    ['>=', 3, 2, true],
    ['>', '2024-01-02', '2024-01-01', true],
    ['>', BIG, 'a', false],
    ['<', new Date(0), new Date(1), false],
    ['<', undefined, 1, true],
    ['<', 1, null, true],
  ];
  for (const [check, a, b, holds] of HOLDS) {
    it(`${holds ? 'holds' : 'does not hold'}: ${String(a).slice(0, 40)} ${check} ${String(b)}`, () => {
      for (const mayCompile of [true, false]) {
        const { guard } = makeGuard({ relations: [{ name: 'r', fields: ['a', 'b'], check }] }, { mayCompile });
        assert.equal(guard.before({}, { a, b }, []) === undefined, holds);
      }
    });
  }

  it('is asked of the caller where it is a function, and failed where that throws or answers anything else', () => {
    for (const mayCompile of [true, false]) {
      const tests: [() => unknown, string[], number][] = [
        [() => true, [], 0],
        [() => false, ['relation'], 0],
        [() => assert.fail('theirs'), [], 1],
        [() => 1, [], 1],
        [() => Promise.reject(new Error('of nobody')), [], 1],
      ];
      for (const [test, checks, losses] of tests) {
        const { guard, lost } = makeGuard({ relations: [{ name: 'r', fields: ['a'], test }] }, { mayCompile });
        assert.deepEqual(checksOf(guard.before({}, { a: 1 }, [])), checks);
        assert.equal(lost.length, losses);
        assert.equal(guard.before({}, {}, []), undefined, 'it is not asked about what is not there');
      }
    }
  });
});

const VALUE = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double(),
  fc.constantFrom('a', 'b', '1', '', 'true'),
  fc.boolean(),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.constantFrom(undefined, null, Number.NaN, Symbol.iterator, {}, [], new Date(0)),
);
const ROW = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'constructor'), VALUE);
const CHECK = fc.record(
  {
    required: fc.boolean(),
    type: fc.constantFrom('number', 'integer', 'string', 'boolean'),
    min: fc.integer({ min: -2, max: 0 }),
    max: fc.integer({ min: 0, max: 2 }),
    values: fc.uniqueArray(fc.constantFrom('a', 'b', '1', 'true'), { minLength: 1 }),
    pattern: fc.constantFrom('^a', /B/i),
    action: fc.constantFrom('annotate', 'reject'),
  },
  { requiredKeys: [] },
);
const RELATION = fc.record({
  name: fc.constantFrom('r', 'q'),
  fields: fc.tuple(fc.constantFrom('a', 'b', 'c', 'constructor'), fc.constantFrom('a', 'b', 'c')),
  check: fc.constantFrom('<', '<=', '=', '>=', '>', '!='),
});
/** Options that are no contradiction. */
const sane = ({ type, min, max, pattern, ...rest }: Record<string, unknown>) => {
  const isNumber = type === 'number' || type === 'integer' || (type === undefined && (min ?? max) !== undefined);
  return {
    ...rest,
    ...(type !== undefined && { type }),
    ...(isNumber && { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }),
    ...(!isNumber && type !== 'boolean' && pattern !== undefined && { pattern }),
  };
};

describe('compiled checks', () => {
  it('find what interpreted ones find', () => {
    const field = fc.tuple(fc.constantFrom('a', 'b', 'c', 'constructor'), CHECK);
    const property = fc.property(
      fc.array(field, { minLength: 1, maxLength: 5 }),
      fc.array(RELATION, { maxLength: 3 }),
      fc.array(ROW, { minLength: 1, maxLength: 8 }),
      (checks, relations, rows) => {
        const options = { fields: checks.map(([name, check]) => ({ field: name, ...sane(check) })), relations };
        const [compiled, interpreted] = [true, false].map((mayCompile) => makeGuard(options, { mayCompile }).guard);
        for (const row of rows) {
          const [a, b] = [compiled, interpreted].map((guard) => {
            const { action, violations } = guard?.before({}, row, []) ?? {};
            return { action, violations };
          });
          assert.deepEqual(a, b);
        }
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  });

  it('give way to interpreted ones where the runtime forbids code generation', () => {
    const module = new URL('make-guard.ts', import.meta.url).href;
    const script = `
      const { makeGuard } = await import(${JSON.stringify(module)});
      const { guard } = makeGuard({ fields: { x: { max: 1 } } });
      process.stdout.write(JSON.stringify([guard.before({}, { x: 1 }, []) ?? null, guard.before({}, { x: 2 }, []).violations[0].check]));`;
    const flags = [
      '--disallow-code-generation-from-strings',
      '--conditions=tidemark-source',
      '--input-type=module',
      '--eval',
    ];
    const out = execFileSync(process.execPath, [...flags, script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.equal(out, '[null,"range"]');
  });
});

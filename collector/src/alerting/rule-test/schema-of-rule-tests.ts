import Type, { type Static } from 'typebox';
import { DURATION_PATTERN } from '../../duration.ts';

const closed = { additionalProperties: false } as const;

const text = (description: string) => Type.String({ minLength: 1, description });
const duration = (description: string) =>
  Type.String({ pattern: DURATION_PATTERN, description, expected: 'a duration such as 15m or 1h30m' });

const generator = {
  normal: Type.Optional(
    Type.Object(
      { mean: Type.Number(), sd: Type.Number({ minimum: 0 }) },
      { ...closed, description: 'Normal numbers, the same for the same seed.' },
    ),
  ),
  uniform: Type.Optional(
    Type.Object({ from: Type.Number(), to: Type.Number() }, { ...closed, description: 'Numbers spread evenly.' }),
  ),
  counts: Type.Optional(
    Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: 1_000_000 }), {
      minProperties: 1,
      description: 'Categories, and how often each occurs.',
    }),
  ),
  values: Type.Optional(
    Type.Array(Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]), {
      minItems: 1,
      description: 'These very values.',
    }),
  ),
  vectors: Type.Optional(
    Type.Object(
      { size: Type.Integer({ minimum: 1, maximum: 4096 }), mean: Type.Number(), sd: Type.Number({ minimum: 0 }) },
      { ...closed, description: 'Vectors of normal numbers.' },
    ),
  ),
  pairs: Type.Optional(
    Type.Object(
      { correlation: Type.Number({ minimum: -1, maximum: 1 }) },
      { ...closed, description: 'Pairs of normal numbers.' },
    ),
  ),
  n: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'How many numbers, vectors or pairs; 1000 where not said.',
    }),
  ),
  nulls: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Missing values, in addition to the others.' }),
  ),
  wrong: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Values of another type, in addition to the others.' }),
  ),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: '1 where not said.' })),
};

const series = {
  model: text('Name of the model.'),
  version: Type.Optional(text('1 where not said.')),
  stage: Type.Optional(text('feature where not said.')),
  field: text('Name of the field.'),
};

const baseline = Type.Object(
  { name: text('Name that rules compare with.'), ...series, ...generator },
  { ...closed, description: 'One column of a baseline.' },
);

const run = Type.Object(
  {
    for: duration('How long windows are like this; a multiple of `window`.'),
    none: Type.Optional(Type.Literal(true, { description: 'No windows at all, and no agent that reports.' })),
    idle: Type.Optional(Type.Literal(true, { description: 'An agent reports that nothing is served.' })),
    errors: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Rows of each window that end in an error.' }),
    ),
    ...generator,
  },
  { ...closed, description: 'Windows one after the other, all made alike.' },
);

const given = Type.Object(
  { ...series, runs: Type.Array(run, { minItems: 1, description: 'From the start on.' }) },
  { ...closed, description: 'The windows of one series.' },
);

const alert = Type.Object(
  {
    alert: text('Name of the rule.'),
    state: Type.Enum(['pending', 'firing', 'recovering', 'resolved'], { description: 'Its state then.' }),
    labels: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Labels it has to have; others do not matter.' }),
    ),
  },
  closed,
);

const expected = Type.Object(
  {
    at: duration('How long after the start; ticks up to then are judged.'),
    alerts: Type.Array(alert, { description: 'Every alert that is not inactive then, in any order.' }),
  },
  closed,
);

const test = Type.Object(
  {
    name: text('What is shown.'),
    window: Type.Optional(duration('Width of the windows; 1h where not said.')),
    only: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: 'Rules to judge; all where not said.' }),
    ),
    baselines: Type.Optional(Type.Array(baseline, { description: 'Beside those of the file.' })),
    given: Type.Array(given, { minItems: 1 }),
    expect: Type.Array(expected, { minItems: 1 }),
  },
  closed,
);

/** A file of tests of rules. */
export const RULE_TESTS_SCHEMA = Type.Object(
  {
    version: Type.Literal(1),
    rules: text('The rule file, seen from this one.'),
    baselines: Type.Optional(Type.Array(baseline, { description: 'For every test.' })),
    tests: Type.Array(test, { minItems: 1 }),
  },
  closed,
);

export type RuleTestsFile = Static<typeof RULE_TESTS_SCHEMA>;
export type RuleTest = RuleTestsFile['tests'][number];
export type BaselineText = Static<typeof baseline>;
export type GivenText = Static<typeof given>;
export type ExpectedAlert = Static<typeof alert>;
/** What makes the values of a window. */
export type Generator = Pick<
  BaselineText,
  'normal' | 'uniform' | 'counts' | 'values' | 'vectors' | 'pairs' | 'n' | 'nulls' | 'wrong' | 'seed'
>;

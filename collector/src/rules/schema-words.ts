import Type, { type TSchema } from 'typebox';
import { SEVERITIES } from '../alerting/alert.ts';
import { BUDGET_PATTERN } from '../drift/alarm-budget.ts';
import { DURATION_PATTERN } from '../duration.ts';
import { CONDITION_PATTERN } from './condition.ts';

/** Of what the schema of rule files is made: words that several blocks have in common. */
export const closed = { additionalProperties: false } as const;

export const text = (description: string) => Type.String({ minLength: 1, description });
export const names = (description: string) => Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description });
export const duration = (description: string) =>
  Type.Union([Type.String({ pattern: DURATION_PATTERN }), Type.Literal(0)], {
    description,
    expected: 'a duration such as 15m, 1h30m or 0',
  });
export const condition = (description: string) =>
  Type.String({ pattern: CONDITION_PATTERN, description, expected: 'a comparison in quotes such as "> 0.25"' });
const atMost = Type.String({
  pattern: BUDGET_PATTERN,
  expected: 'a budget such as 1/month',
  description: 'How many false alarms chance may raise of a model version, such as 1/month.',
});
const firing = {
  effect: Type.Optional(condition('How large the value must be, such as "> 0.25"; any size by default.')),
  at_most: Type.Optional(atMost),
};
const importance = Type.Unsafe<Record<string, number>>({
  type: 'object',
  additionalProperties: Type.Number({ exclusiveMinimum: 0 }) as TSchema,
  minProperties: 1,
  description:
    'How much fields matter, by name or by a name with *; 1 by default. Twice as much needs half the evidence.',
});
const mapping = { minProperties: 1, expected: '{ effect: "> 0.25", at_most: 1/month }' } as const;
/** When an alert begins: by the value, or by a mapping of an effect, a budget, or both. */
export const fire = (description: string) =>
  Type.Union([
    condition(description),
    Type.Object({ ...firing, importance: Type.Optional(importance) }, { ...closed, ...mapping, description }),
  ]);
/** As `fire`, for single fields. */
export const ownFire = (description: string) =>
  Type.Union([condition(description), Type.Object(firing, { ...closed, ...mapping, description })]);
export const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);

/** TypeBox has no type for objects whose keys follow a pattern and who are closed otherwise. */
export const texts = (
  description: string,
  options: { properties?: Record<string, TSchema>; minProperties?: number } = {},
) =>
  Type.Unsafe<Record<string, string>>({
    ...Type.Object(options.properties ?? {}, {
      ...closed,
      patternProperties: { '^[A-Za-z][A-Za-z0-9_]*$': Type.String({ expected: 'a text; put numbers in quotes' }) },
      ...(options.minProperties === undefined ? {} : { minProperties: options.minProperties }),
      description,
    }),
  });

const severity = Type.Optional(
  Type.Enum([...SEVERITIES, 'page'], { description: 'How bad it is; page means critical. Default warning.' }),
);
export const labels = texts('Labels that every alert carries.', { properties: { severity } });

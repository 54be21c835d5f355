import Type, { type TSchema } from 'typebox';
import { SEVERITIES } from '../alerting/alert.ts';
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

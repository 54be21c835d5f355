import { checkBounds, checkModelSettings, type PlainModelSettings, WireError } from '@tidemark/proto';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { SchemaMistake } from '../schema-mistakes.ts';

const BOUNDS = Type.Object(
  {
    stage: Type.String({ description: 'input, feature, prediction, confidence, latency, outcome or step:NAME' }),
    field: Type.String(),
    min: Type.Optional(Type.Number({ description: 'Smallest allowed number.' })),
    max: Type.Optional(Type.Number({ description: 'Largest allowed number.' })),
    values: Type.Optional(Type.Array(Type.String(), { description: 'Allowed categories.', minItems: 1 })),
  },
  { additionalProperties: false },
);

/** Settings of one model version, as a file or a request gives them. */
export const MODEL_SETTINGS = Type.Object(
  {
    bounds: Type.Optional(Type.Array(BOUNDS, { description: 'What values are held against, each field once.' })),
    confidenceFloor: Type.Optional(Type.Number({ description: 'A confidence below is a violation.' })),
    eventShare: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'Share of inferences that are kept as events.' }),
    ),
  },
  { additionalProperties: false, description: 'What is absent stays as the options of the agent say.' },
);

/** The mistakes that no schema sees, of those parts that have the right form. */
export function settingsMeaning(value: unknown): SchemaMistake[] {
  if (typeof value !== 'object' || value === null) return [];
  const mistakes: SchemaMistake[] = [];
  const bounds: unknown = Reflect.get(value, 'bounds');
  const named = new Map<string, number>();
  if (Array.isArray(bounds)) mistakes.push(...bounds.flatMap((one, i) => mistakesOfBounds(one, i, named)));
  if (mistakes.length === 0 && Value.Check(MODEL_SETTINGS, value)) {
    mistakes.push(...refusalOf([], () => checkModelSettings(toModelSettings(value))));
  }
  return mistakes;
}

function mistakesOfBounds(one: unknown, index: number, named: Map<string, number>): SchemaMistake[] {
  if (!Value.Check(BOUNDS, one)) return [];
  const path = ['bounds', index];
  const name = `${one.stage}/${one.field}`;
  const earlier = named.get(name);
  if (earlier !== undefined) {
    return [{ path, at: 'value', message: `${name} has its bounds at bounds[${earlier}] already` }];
  }
  named.set(name, index);
  return refusalOf(path, () => checkBounds(one));
}

function refusalOf(path: SchemaMistake['path'], check: () => void): SchemaMistake[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return [{ path, at: 'value', message: error.message }];
  }
}

/** Settings without mistakes, complete. */
export function toModelSettings(value: Static<typeof MODEL_SETTINGS>): PlainModelSettings {
  return { ...value, bounds: value.bounds ?? [] };
}

import { RULES_SCHEMA } from './schema-of-rules.ts';

/** Keywords of our own, which editors know nothing of. */
const OURS: ReadonlySet<string> = new Set(['expected', 'hidden']);

/** The form of rule files as a JSON Schema (draft 7), for editors: made of the schema that the collector checks by. */
export function rulesJsonSchema(): Record<string, unknown> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...(plain(RULES_SCHEMA, false) as Record<string, unknown>),
  };
}

/** `areNames`: whether the keys are names of properties and not keywords. */
function plain(value: unknown, areNames: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one, false));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => areNames || !(OURS.has(key) || key.startsWith('~')));
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, plain(inner, !areNames && (key === 'properties' || key === 'patternProperties'))]),
  );
}

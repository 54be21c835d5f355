import { readFile } from 'node:fs/promises';
import Type, { type Static } from 'typebox';
import { formatMistakes, type Mistake, mistakeAt, parseYaml } from '../../checked-yaml.ts';
import { CollectorError, messageOf } from '../../errors.ts';

const TIME = '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z)?$';
const time = () => Type.String({ pattern: TIME, expected: 'a time such as 2026-10-01 or 2026-10-01T12:00Z' });

const SCHEMA = Type.Object(
  {
    incidents: Type.Array(
      Type.Object(
        {
          name: Type.Optional(Type.String({ minLength: 1 })),
          from: time(),
          until: time(),
          model: Type.String({ minLength: 1 }),
          field: Type.Optional(Type.String({ minLength: 1 })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false },
);

/** Something that was wrong with a model from `from` to `until` (ms); with one field of it, or anywhere (null). */
export type Incident = {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  readonly model: string;
  readonly field: string | null;
};

/**
 * Reads labelled incidents, as YAML or JSON: `incidents: [{ from, until, model, field?, name? }]`.
 * @throws {CollectorError} `USAGE` with every mistake of the file.
 */
export async function readIncidents(file: string): Promise<Incident[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CollectorError('USAGE', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  });
  const loaded = loadIncidents(text, file);
  if (loaded.ok) return loaded.incidents;
  throw new CollectorError('USAGE', `the incidents are not usable:\n${formatMistakes(loaded.mistakes)}`);
}

/** Labelled incidents, or everything that is wrong with them. */
export type LoadedIncidents =
  | { readonly ok: true; readonly incidents: Incident[] }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** As `readIncidents`, of a text; `file` only names it in mistakes. */
export function loadIncidents(text: string, file: string): LoadedIncidents {
  const parsed = parseYaml(text, SCHEMA, file);
  if (!parsed.ok) return { ok: false, mistakes: parsed.mistakes };
  const mistakes: Mistake[] = [];
  const incidents = parsed.value.incidents.map((one, i) => {
    const incident = completed(one, i);
    for (const key of ['from', 'until'] as const) {
      if (Number.isNaN(incident[key]))
        mistakes.push(
          mistakeAt(file, parsed.positionOf, ['incidents', i, key], `there is no such time as ${one[key]}`),
        );
    }
    if (incident.until <= incident.from)
      mistakes.push(mistakeAt(file, parsed.positionOf, ['incidents', i, 'until'], 'has to lie after `from`'));
    return incident;
  });
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, incidents };
}

function completed(one: Static<typeof SCHEMA>['incidents'][number], i: number): Incident {
  return {
    name: one.name ?? `incident ${i + 1}`,
    from: Date.parse(one.from),
    until: Date.parse(one.until),
    model: one.model,
    field: one.field ?? null,
  };
}

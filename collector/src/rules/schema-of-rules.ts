import Type, { type Static, type TSchema } from 'typebox';
import { ACTIVE_DAYS_PATTERN, ACTIVE_HOURS_PATTERN } from './active-times.ts';
import { ERROR_POLICIES, NO_DATA_POLICIES } from './rule.ts';
import {
  blockDefaults,
  composite,
  confidence,
  drift,
  errors,
  latency,
  schema,
  silence,
} from './schema-of-judgements.ts';
import { type address, innerRoute, receiver, routeKeys } from './schema-of-routes.ts';
import { closed, condition, duration, fire, labels, optional, ownFire, text, texts } from './schema-words.ts';

/** The form of `occurrences`. */
export const OCCURRENCES_PATTERN = '^\\s*[0-9]+\\s+of\\s+[0-9]+\\s*$';

const active = Type.Object(
  {
    days: optional(
      Type.String({
        pattern: ACTIVE_DAYS_PATTERN,
        expected: 'days such as mon-fri or sat,sun',
        description: 'Days on which it is judged, such as mon-fri or sat,sun; every day by default.',
      }),
    ),
    hours: optional(
      Type.String({
        pattern: ACTIVE_HOURS_PATTERN,
        expected: 'hours such as "08:00-18:00"',
        description: 'Hours, such as "08:00-18:00" or, over midnight, "22:00-06:00"; all by default.',
      }),
    ),
    time_zone: text('Name of the time zone, such as Europe/Zurich or UTC.'),
  },
  { ...closed, description: 'When it is judged; at other times it is not, and all clocks stand still.' },
);

/** What a rule can leave to `defaults`. */
const inherited = {
  for: optional(duration('How long fire must hold; 0 by default.')),
  keep_firing_for: optional(duration('How long clear must hold; 0 by default.')),
  occurrences: optional(
    Type.String({
      pattern: OCCURRENCES_PATTERN,
      expected: 'a text such as "3 of 5"',
      description: 'In how many of the last judgements fire must have held, such as "3 of 5"; the last by default.',
    }),
  ),
  active: optional(active),
  no_data: optional(
    Type.Enum([...NO_DATA_POLICIES], {
      description: 'Without enough data: nodata (a separate alert), keep (default), ok, fire.',
    }),
  ),
  no_data_for: optional(duration('How long data must lack before that happens; 15m by default.')),
  on_error: optional(
    Type.Enum([...ERROR_POLICIES], {
      description: 'When judging fails three times: keep, error (default: a separate alert), fire.',
    }),
  ),
  annotations: optional(
    texts(
      'Texts with {{ $labels.field }}, {{ $value | printf "%.2f" }}; summary, description and runbook_url are shown.',
    ),
  ),
};

const override = Type.Object(
  {
    fire: optional(ownFire('As for the rule.')),
    clear: optional(condition('As for the rule; by default, when fire no longer holds.')),
    for: inherited.for,
    keep_firing_for: inherited.keep_firing_for,
    min_samples: optional(Type.Integer({ minimum: 1 })),
    labels: optional(labels),
  },
  { ...closed, minProperties: 1 },
);
const overrides = Type.Unsafe<Record<string, Static<typeof override>>>({
  type: 'object',
  additionalProperties: override as TSchema,
  minProperties: 1,
  description: 'What is different for single fields, by name, or by a name with *; the first that fits counts.',
});

const rule = Type.Object(
  {
    alert: Type.String({
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      expected: 'a name of letters, digits and _, such as FeatureDrift',
      description: 'Unique name.',
    }),
    drift: optional(drift),
    schema: optional(schema),
    confidence: optional(confidence),
    latency: optional(latency),
    errors: optional(errors),
    silence: optional(silence),
    composite: optional(composite),
    fire: optional(
      fire(
        'When the alert begins: "> 0.25", or {effect: "> 0.25", at_most: 1/month} with one or both. Every block but composite needs it.',
      ),
    ),
    clear: optional(condition('When it may end, such as "< 0.20"; by default, when fire no longer holds.')),
    overrides: optional(overrides),
    ...inherited,
    labels: optional(labels),
  },
  closed,
);

const defaults = Type.Object(
  { ...blockDefaults, ...inherited },
  { ...closed, description: 'What the rules need not say themselves. A group comes before the file.' },
);

const group = Type.Object(
  {
    name: text('Unique name.'),
    interval: optional(duration('Time between ticks.')),
    query_offset: optional(duration('How long after a tick late windows are waited for.')),
    defaults: optional(defaults),
    labels: optional(labels),
    rules: Type.Array(rule, { minItems: 1 }),
  },
  closed,
);

/** The form of a rule file. Two levels of routes below the root are enough for team and severity. */
export const RULES_SCHEMA = Type.Object(
  {
    version: Type.Literal(1, { description: 'Version of this file format.' }),
    evaluation: optional(
      Type.Object(
        {
          interval: optional(duration('Time between ticks; 1m by default.')),
          query_offset: optional(duration('Wait for late windows; 30s by default.')),
        },
        closed,
      ),
    ),
    defaults: optional(defaults),
    labels: optional(labels),
    groups: Type.Array(group, { minItems: 1 }),
    receivers: optional(Type.Array(receiver)),
    route: optional(Type.Object({ ...routeKeys, routes: optional(Type.Array(innerRoute)) }, closed)),
  },
  { ...closed, title: 'Tidemark rules' },
);

/** A rule file as written, after its form was checked. */
export type RulesFile = Static<typeof RULES_SCHEMA>;
export type RuleText = Static<typeof rule>;
/** Of a rule; of an override it has no `importance`. */
export type FireText = NonNullable<RuleText['fire']>;
export type OverrideText = Static<typeof override>;
export type ActiveText = Static<typeof active>;
export type GroupText = Static<typeof group>;
export type RouteText = Static<typeof innerRoute>;
export type ReceiverText = Static<typeof receiver>;
export type SecretText = Static<typeof address>;

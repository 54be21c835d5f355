import Type, { type Static, type TSchema } from 'typebox';
import { SEVERITIES } from '../alerting/alert.ts';
import { CONFIDENCE_MEASURES, DRIFT_METHODS, SCHEMA_MEASURES } from '../drift/index.ts';
import { DURATION_PATTERN } from '../duration.ts';
import { CONDITION_PATTERN } from './condition.ts';
import { ERROR_POLICIES, NO_DATA_POLICIES } from './rule.ts';

const closed = { additionalProperties: false } as const;

const text = (description: string) => Type.String({ minLength: 1, description });
const duration = (description: string) =>
  Type.Union([Type.String({ pattern: DURATION_PATTERN }), Type.Literal(0)], {
    description,
    expected: 'a duration such as 15m, 1h30m or 0',
  });
const condition = (description: string) =>
  Type.String({ pattern: CONDITION_PATTERN, description, expected: 'a comparison in quotes such as "> 0.25"' });
const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);

const model = text('Name of the model, or "*" for every model.');
const version = text('latest (the newest version that serves), all (each that serves), or one version by name.');
const window = duration('Span that is judged, up to the tick; a multiple of 1m.');
const fields = Type.Array(Type.String({ minLength: 1 }), {
  minItems: 1,
  description: 'Names of fields, or ["*"] for all of the stage.',
});
const exclude = Type.Array(Type.String({ minLength: 1 }), { description: 'Fields that "*" leaves out.' });
const minSamples = Type.Integer({
  minimum: 1,
  description: 'Values needed in the window; below, the answer is "insufficient".',
});
const reference = Type.Object(
  { kind: Type.Literal('reference'), name: text('Name under which the baseline was created.') },
  { ...closed, description: 'What to compare with.' },
);

const drift = Type.Object(
  {
    model,
    version: optional(version),
    stage: optional(
      text('input, feature, prediction, confidence, latency, outcome or step:<name>; feature by default.'),
    ),
    fields: optional(fields),
    exclude: optional(exclude),
    method: Type.Enum([...DRIFT_METHODS], {
      description:
        'psi, js, hellinger, l_infinity: over the bins of the baseline. ks: the largest gap of the distribution functions. wasserstein and the shifts: in sigmas of the baseline.',
    }),
    window,
    baseline: reference,
    min_samples: optional(minSamples),
  },
  { ...closed, description: 'How far the distribution of fields has moved from a baseline.' },
);

const schema = Type.Object(
  {
    model,
    version: optional(version),
    stage: optional(text('As for drift.')),
    fields: optional(fields),
    exclude: optional(exclude),
    measure: Type.Enum([...SCHEMA_MEASURES], {
      description:
        'Shares: of rows that are missing or NaN, of values of a wrong type, of numbers outside the range, of values of categories never seen, of categories that are new, of the most frequent value; stale is 1 where the baseline repeats itself.',
    }),
    window,
    min_samples: optional(minSamples),
    baseline: optional(reference),
  },
  { ...closed, description: 'Faults of single values, counted.' },
);

const confidence = Type.Object(
  {
    model,
    version: optional(version),
    field: optional(text('One field of the stage confidence; all of them by default.')),
    measure: Type.Enum([...CONFIDENCE_MEASURES], {
      description:
        'The mean; mean_change: less that of the baseline, with its sign; the shifts: in sigmas of the baseline.',
    }),
    window,
    min_samples: optional(minSamples),
    baseline: optional(reference),
  },
  { ...closed, description: 'How sure the model says it is.' },
);

const sameTime = Type.Object(
  {
    kind: Type.Literal('same_time'),
    offset: duration('How far back each period lies behind the one after it, such as 7d.'),
    periods: Type.Integer({ minimum: 1, maximum: 52, description: 'How many periods; their median counts.' }),
  },
  closed,
);
const trailing = Type.Object(
  {
    kind: Type.Literal('trailing'),
    duration: duration('Length of the time before; its mean rate counts.'),
    offset: optional(duration('How long before the window it ends; 0 by default.')),
  },
  closed,
);

const silence = Type.Object(
  {
    model,
    measure: Type.Enum(['rows', 'rows_ratio'], {
      description: 'Rows served in the window, or their ratio to what the baseline expects.',
    }),
    window,
    baseline: optional(Type.Union([sameTime, trailing])),
    min_samples: optional(
      Type.Integer({
        minimum: 1,
        description: 'Rows the baseline must expect for a ratio to be judged; 100 by default.',
      }),
    ),
  },
  { ...closed, description: 'Traffic over all versions of a model; no rows at all count as 0.' },
);

/** TypeBox has no type for objects whose keys follow a pattern and who are closed otherwise. */
const texts = (description: string, options: { properties?: Record<string, TSchema>; minProperties?: number } = {}) =>
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
const labels = texts('Labels that every alert carries.', { properties: { severity } });

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
    silence: optional(silence),
    fire: condition('When the alert begins, such as "> 0.25".'),
    clear: optional(condition('When it may end, such as "< 0.20"; by default, when fire no longer holds.')),
    for: optional(duration('How long fire must hold; 0 by default.')),
    keep_firing_for: optional(duration('How long clear must hold; 0 by default.')),
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
    labels: optional(labels),
    annotations: optional(
      texts(
        'Texts with {{ $labels.field }}, {{ $value | printf "%.2f" }}; summary, description and runbook_url are shown.',
      ),
    ),
  },
  closed,
);

const group = Type.Object(
  {
    name: text('Unique name.'),
    interval: optional(duration('Time between ticks.')),
    query_offset: optional(duration('How long after a tick late windows are waited for.')),
    labels: optional(labels),
    rules: Type.Array(rule, { minItems: 1 }),
  },
  closed,
);

const fromEnvironment = Type.Object(
  { env: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$', expected: 'the name of an environment variable' }) },
  closed,
);
/** `hidden` keeps the value out of messages. */
const secret = (pattern: string, expected: string) =>
  Type.Union([Type.String({ pattern, expected, hidden: true }), fromEnvironment]);
const address = secret('^https?://\\S+$', 'an http or https address, or {env: NAME}');
const routingKey = secret('^[A-Za-z0-9]{32}$', '32 letters and digits, or {env: NAME}');
const webhookSecret = secret('^whsec_[A-Za-z0-9+/]+={0,2}$', 'whsec_ and 24 to 64 bytes in base64, or {env: NAME}');

const receiver = Type.Object(
  {
    name: text('Unique name, used by routes.'),
    slack: optional(Type.Object({ url: address }, { ...closed, description: 'Incoming webhook.' })),
    pagerduty: optional(
      Type.Object({ routing_key: routingKey, url: optional(address) }, { ...closed, description: 'Events API v2.' }),
    ),
    webhook: optional(
      Type.Object(
        { url: address, secret: webhookSecret, old_secret: optional(webhookSecret) },
        {
          ...closed,
          description: 'JSON, signed as Standard Webhooks describes, by the old secret too while it is being changed.',
        },
      ),
    ),
    allow_private: optional(
      Type.Boolean({ description: 'Whether the address may be a private or loopback one; false by default.' }),
    ),
  },
  closed,
);

const routeKeys = {
  receiver: optional(text('Name of one receiver.')),
  receivers: optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: 'Names of several.' })),
};
const matchers = texts('Labels and the values they must have.', { minProperties: 1 });
const leafRoute = Type.Object({ matchers, ...routeKeys }, closed);
const innerRoute = Type.Object({ matchers, ...routeKeys, routes: optional(Type.Array(leafRoute)) }, closed);

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
    groups: Type.Array(group, { minItems: 1 }),
    receivers: optional(Type.Array(receiver)),
    route: optional(Type.Object({ ...routeKeys, routes: optional(Type.Array(innerRoute)) }, closed)),
  },
  { ...closed, title: 'Tidemark rules' },
);

/** A rule file as written, after its form was checked. */
export type RulesFile = Static<typeof RULES_SCHEMA>;
export type RuleText = Static<typeof rule>;
export type GroupText = Static<typeof group>;
export type RouteText = Static<typeof innerRoute>;
export type ReceiverText = Static<typeof receiver>;
export type SecretText = Static<typeof address>;

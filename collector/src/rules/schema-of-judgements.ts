import Type from 'typebox';
import { DRIFT_METHODS, SCHEMA_MEASURES } from '../drift/index.ts';
import { CONFIDENCE_MEASURES } from './measure.ts';
import { ROW_SHARES, SILENCE_MEASURES } from './rule.ts';
import { closed, duration, names, optional, text } from './schema-words.ts';

/** What of a block can stand in `defaults` instead. */
const model = optional(text('Name of the model, or "*" for every model.'));
const version = optional(
  text('latest (the newest version that serves), all (each that serves), or one version by name.'),
);
const window = optional(duration('Span that is judged, up to the tick; a multiple of 1m.'));
const widenTo = optional(
  duration('How far the window may grow, doubling, where it holds fewer samples than min_samples.'),
);
const minSamples = optional(
  Type.Integer({ minimum: 1, description: 'Values needed in the window; below, the answer is "insufficient".' }),
);
const reference = Type.Object(
  { kind: Type.Literal('reference'), name: text('Name under which the baseline was created.') },
  closed,
);
const sameTime = Type.Object(
  {
    kind: Type.Literal('same_time'),
    offset: duration('How far back each period lies behind the one after it, such as 7d.'),
    periods: Type.Integer({
      minimum: 1,
      maximum: 52,
      description: 'How many periods; of traffic their median counts, of values all of them together.',
    }),
  },
  closed,
);
const trailing = Type.Object(
  {
    kind: Type.Literal('trailing'),
    duration: duration('Length of the time before; of traffic its mean rate counts.'),
    offset: optional(duration('How long before the window it ends; 0 by default.')),
  },
  closed,
);
const otherVersion = Type.Object(
  {
    kind: Type.Literal('version'),
    version: text('previous (the one first seen before the judged one), or a version by name.'),
    duration: optional(
      duration('How long before the judged version was first seen; what the other served then counts. 7d by default.'),
    ),
  },
  closed,
);
const baseline = optional(
  Type.Union([reference, trailing, sameTime, otherVersion], { description: 'What to compare with.' }),
);
const baselineMinSamples = optional(
  Type.Integer({
    minimum: 1,
    description:
      'Values needed in the baseline; below, the answer is "insufficient". 5000 by default, of a reference any number.',
  }),
);
const inherited = {
  model,
  version,
  window,
  widen_to: widenTo,
  min_samples: minSamples,
  baseline,
  baseline_min_samples: baselineMinSamples,
};

/** What a file or a group can say once for all its blocks. */
export const blockDefaults = inherited;

const fields = {
  fields: optional(names('Names of fields, with * for any letters, such as "amount_*"; ["*"], the default, is all.')),
  exclude: optional(names('Fields that are left out where fields has a *; may have a * as well.')),
};
const slices = {
  slice_by: optional(names('Dimensions of slices: one alert for each value of each, instead of one for all traffic.')),
  slice_limit: optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Slices of a field that are judged; 50 by default.' }),
  ),
};
const direction = optional(
  Type.Enum(['up', 'down', 'both'], {
    description: 'Of a measure with a sign: up as it is, down with the other sign, both without a sign.',
  }),
);
const quantile = (description: string) =>
  optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1, description }));
const per = optional(
  Type.Enum(['version', 'model'], {
    description: 'Each version by itself (default), or all that are chosen together.',
  }),
);

export const drift = Type.Object(
  {
    ...inherited,
    stage: optional(
      text('input, feature, prediction, confidence, latency, outcome or step:<name>; feature by default.'),
    ),
    ...fields,
    method: Type.Enum([...DRIFT_METHODS], { description: 'The score; collector/scores.md has what each says.' }),
    direction,
    ...slices,
  },
  { ...closed, description: 'How far the distribution of fields has moved from a baseline.' },
);

export const schema = Type.Object(
  {
    ...inherited,
    stage: optional(text('As for drift.')),
    ...fields,
    measure: Type.Enum([...SCHEMA_MEASURES, ...ROW_SHARES], {
      description:
        'What is counted; collector/scores.md has what each says. presence: share of rows that have the field. violation_share: share of guarded calls of which a check of the guard said no.',
    }),
    check: optional(text('For violation_share: the name of the check, such as one of your own over several fields.')),
    ...slices,
  },
  { ...closed, description: 'Faults of single values, counted.' },
);

export const confidence = Type.Object(
  {
    ...inherited,
    stage: optional(text('confidence by default; prediction for class_share.')),
    field: optional(text('One field of the stage; all of them by default.')),
    measure: Type.Enum([...CONFIDENCE_MEASURES], {
      description: 'The mean, a quantile, the share below a bound or of a class, a change against the baseline, …',
    }),
    quantile: quantile('For quantile: the share of values at or below the answer, such as 0.1.'),
    below: optional(Type.Number({ description: 'For low_share: the bound.' })),
    class: optional(text('For class_share: the class.')),
    direction,
    ...slices,
  },
  { ...closed, description: 'How sure the model says it is.' },
);

export const latency = Type.Object(
  {
    model,
    version,
    per,
    window,
    widen_to: widenTo,
    min_samples: minSamples,
    field: optional(text('One field of the stage latency; all of them by default.')),
    quantile: quantile('Share of calls that took so long or less; 0.99 by default.'),
    ...slices,
  },
  { ...closed, description: 'A percentile of the durations, in milliseconds, over all processes that served.' },
);

export const errors = Type.Object(
  { model, version, per, window, widen_to: widenTo, min_samples: minSamples },
  { ...closed, description: 'Share of the rows that ended in an error.' },
);

export const silence = Type.Object(
  {
    model,
    measure: Type.Enum([...SILENCE_MEASURES], {
      description:
        'Rows served in the window, their ratio to what the baseline expects, windows of it that an agent reported on (served or not), or the share of all values of inputs and features that are missing.',
    }),
    window,
    baseline: optional(Type.Union([sameTime, trailing])),
    min_samples: optional(
      Type.Integer({
        minimum: 1,
        description: 'Rows the baseline must expect for a ratio, values there must be for a share; 100 by default.',
      }),
    ),
  },
  { ...closed, description: 'Traffic over all versions of a model; no rows at all count as 0.' },
);

export const composite = Type.Object(
  {
    all: optional(names('Alerts of this group that must all fire.')),
    any: optional(names('Alerts of this group of which one must fire.')),
    none: optional(names('Alerts of this group of which none may fire.')),
  },
  { ...closed, description: 'Other alerts of the group together, for each version of a model.' },
);

import Type from 'typebox';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Ms = (description: string) => Type.Integer({ description: `${description}, ms since the epoch` });
const Labels = Type.Record(Type.String(), Type.String());

const PLACE = {
  line: Type.Integer({ description: 'From 1.' }),
  column: Type.Integer({ description: 'From 1.' }),
  path: Type.String({ description: 'Such as `groups[0].rules[2].fire`; empty where the text is no YAML.' }),
  message: Type.String(),
};
const FilePlace = Type.Object({
  file: Type.String({ description: 'Which text: `rules`, `test` or `incidents`.' }),
  ...PLACE,
});

export const RulesCheckAnswer = Type.Object({
  ok: Type.Boolean(),
  rules: Type.Integer({ description: 'How many there are; 0 where there are mistakes.' }),
  mistakes: Type.Array(Type.Object(PLACE), { description: 'All of them, in the order of the text.' }),
});

const Compared = Type.Object({ alert: Type.String(), state: Type.String(), labels: Labels });
const Mismatch = Type.Object({
  test: Type.String(),
  at: Type.String({ description: 'How long after the start.' }),
  position: Type.Object({ line: Type.Integer(), column: Type.Integer() }),
  missing: Type.Array(Compared, { description: 'Expected and not there.' }),
  unexpected: Type.Array(Compared, { description: 'There and not expected.' }),
});

export const RulesTestAnswer = Type.Object({
  ok: Type.Boolean({ description: 'There is no mistake and every test passed.' }),
  mistakes: Type.Array(FilePlace, { description: 'Where there are any, no test was run.' }),
  tests: Type.Array(Type.Object({ test: Type.String(), passed: Type.Boolean(), mismatches: Type.Array(Mismatch) })),
});

const Episode = Type.Object({
  fingerprint: Type.String(),
  alertname: Type.String(),
  labels: Labels,
  episode: Type.Integer(),
  firedAt: Ms('The tick at which it fired'),
  resolvedAt: Nullable(Ms('The tick at which it ended; null = it had not by the end of the span')),
  reason: Nullable(Type.String({ description: 'Why it ended.' })),
  value: Nullable(Type.Number({ description: 'The score at which it fired.' })),
});

export const RulesReplayAnswer = Type.Object({
  since: Type.String({ description: 'ISO 8601, UTC; ticks after it were judged' }),
  until: Type.String({ description: 'ISO 8601, UTC; the last tick is not later' }),
  ticks: Type.Integer(),
  findings: Type.Integer(),
  alerts: Type.Array(
    Type.Object({
      fingerprint: Type.String(),
      alertname: Type.String(),
      labels: Labels,
      would: Type.Array(Episode, { description: 'What these rules would have fired.' }),
      did: Type.Array(Episode, { description: 'What fired.' }),
    }),
  ),
});

const Threshold = Type.Object({
  fire: Type.String(),
  clear: Nullable(Type.String({ description: 'null = whatever no longer fires.' })),
  alarms: Type.Integer(),
  precision: Type.Optional(Nullable(Type.Number({ description: 'With incidents; null where nothing fired.' }))),
  recall: Type.Optional(Type.Number({ description: 'With incidents.' })),
  falseAlarms: Type.Optional(Type.Integer({ description: 'With incidents.' })),
  delayMs: Type.Optional(Nullable(Type.Integer({ description: 'With incidents: median; null where none was found.' }))),
});

export const RulesTuneAnswer = Type.Object({
  rule: Type.String(),
  since: Type.String(),
  until: Type.String(),
  ticks: Type.Integer(),
  series: Type.Integer(),
  why: Type.String({ description: 'What the chosen threshold is the best of.' }),
  current: Threshold,
  chosen: Nullable(Threshold),
  tried: Type.Array(Threshold, { description: 'The curve, most sensitive first.' }),
});

/** What cannot be used; with a list where texts have mistakes. */
export const RulesUnusableAnswer = Type.Object({
  error: Type.String(),
  message: Type.String(),
  mistakes: Type.Optional(Type.Array(FilePlace)),
});

/** Not answered this time: others are being tried (with the header `retry-after`), or it took too long. */
export const RulesUnansweredAnswer = Type.Object({
  error: Type.String({ description: '`busy` or `stopped`' }),
  message: Type.String(),
  reached: Nullable(
    Type.String({ format: 'date-time', description: 'The last tick that was judged, ISO 8601, UTC; null = none.' }),
  ),
});

import { parseDuration } from '../duration.ts';
import { isPattern } from './field-pattern.ts';
import type { Block } from './inherit.ts';
import { type AnyMeasureName, ASKED_NOTHING } from './measure.ts';
import type {
  Direction,
  FieldChoice,
  Judgement,
  MovingBaseline,
  RowShareName,
  SeriesJudgement,
  SilenceJudgement,
  SliceChoice,
  VersionChoice,
} from './rule.ts';
import type { RuleText } from './schema-of-rules.ts';

const DEFAULT_SAMPLES: Readonly<Record<Block, number>> = {
  drift: 1000,
  schema: 100,
  confidence: 100,
  latency: 100,
  errors: 100,
  silence: 100,
  composite: 1,
};
/** At 5 000 values ten bins of a baseline add 9/5000 = 0.002 to the expected PSI, which no usual threshold notices. */
const DEFAULT_BASELINE_SAMPLES = 5000;
const DEFAULT_DURATION = '7d';
const DEFAULT_SLICES = 50;
const DEFAULT_QUANTILE = 0.99;

/** What a rule judges, with every default filled in. `rule` was checked and has what it inherits. */
export function completeJudgement(rule: RuleText): Judgement {
  if (rule.silence) return silenceOf(rule.silence);
  if (rule.composite) {
    const { all = [], any = [], none = [] } = rule.composite;
    return { kind: 'composite', model: null, measure: 'alerts', all, any, none, baseline: null, minSamples: 1 };
  }
  if (rule.errors) {
    const chosen = chosenOf('errors', rule.errors, 'all');
    return { kind: 'errors', ...chosen, measure: 'error_share', baseline: null };
  }
  if (rule.drift) return seriesOf('drift', rule.drift, 'feature', rule.drift.method);
  if (rule.schema) return schemaOf(rule.schema);
  if (rule.latency) {
    const judgement = seriesOf('latency', rule.latency, 'latency', 'quantile');
    return { ...judgement, asked: { ...ASKED_NOTHING, quantile: rule.latency.quantile ?? DEFAULT_QUANTILE } };
  }
  const confidence = rule.confidence!;
  const stage = confidence.measure === 'class_share' ? 'prediction' : 'confidence';
  const { quantile = null, below = null, class: category = null } = confidence;
  return { ...seriesOf('confidence', confidence, stage, confidence.measure), asked: { quantile, below, category } };
}

/** What a guard found amiss is a series of its own. */
const VIOLATIONS = { stage: 'step:guard', field: 'violation' } as const;

function schemaOf(raw: NonNullable<RuleText['schema']>): SeriesJudgement {
  if (raw.measure !== 'violation_share') return seriesOf('schema', raw, 'feature', raw.measure);
  const judgement = seriesOf('schema', { ...raw, field: VIOLATIONS.field }, VIOLATIONS.stage, raw.measure);
  return { ...judgement, asked: { ...ASKED_NOTHING, category: raw.check! } };
}

type ChosenBlock = {
  model?: string;
  version?: string;
  per?: string;
  window?: string | 0;
  widen_to?: string | 0;
  min_samples?: number;
};

function chosenOf(block: Block, raw: ChosenBlock, version: 'latest' | 'all') {
  const windowMs = ms(raw.window!);
  return {
    model: modelOf(raw.model!),
    version: versionOf(raw.version ?? version),
    isMerged: raw.per === 'model',
    windowMs,
    widenToMs: raw.widen_to === undefined ? windowMs : ms(raw.widen_to),
    minSamples: raw.min_samples ?? DEFAULT_SAMPLES[block],
  };
}

type BaselineText = NonNullable<NonNullable<RuleText['drift']>['baseline']>;

type SeriesBlock = ChosenBlock & {
  stage?: string;
  field?: string;
  fields?: readonly string[];
  exclude?: readonly string[];
  direction?: Direction;
  baseline?: BaselineText;
  baseline_min_samples?: number;
  slice_by?: readonly string[];
  slice_limit?: number;
};

function seriesOf(
  kind: SeriesJudgement['kind'],
  raw: SeriesBlock,
  stage: string,
  measure: AnyMeasureName | RowShareName,
): SeriesJudgement {
  const moving = raw.baseline === undefined ? null : movingOf(raw.baseline);
  return {
    kind,
    ...chosenOf(kind, raw, kind === 'latency' ? 'all' : 'latest'),
    stage: raw.stage ?? stage,
    fields: fieldsOf(raw),
    measure,
    asked: ASKED_NOTHING,
    direction: raw.direction ?? null,
    baseline: raw.baseline?.kind === 'reference' ? raw.baseline.name : (raw.baseline?.kind ?? null),
    moving,
    baselineMinSamples: raw.baseline_min_samples ?? (moving === null ? 0 : DEFAULT_BASELINE_SAMPLES),
    slices: slicesOf(raw),
  };
}

function movingOf(raw: BaselineText): MovingBaseline | null {
  switch (raw.kind) {
    case 'reference':
      return null;
    case 'same_time':
      return { kind: 'same_time', offsetMs: ms(raw.offset), periods: raw.periods };
    case 'trailing':
      return { kind: 'trailing', durationMs: ms(raw.duration), offsetMs: ms(raw.offset ?? 0) };
    case 'version':
      return { kind: 'version', version: raw.version, durationMs: ms(raw.duration ?? DEFAULT_DURATION) };
  }
}

function fieldsOf({ field, fields, exclude = [] }: SeriesBlock): FieldChoice {
  const all = field === undefined ? (fields ?? ['*']) : [field];
  const named = all.filter((one) => !isPattern(one));
  return { named, patterns: all.filter(isPattern), exclude };
}

function slicesOf({ slice_by: dimensions, slice_limit: limit = DEFAULT_SLICES }: SeriesBlock): SliceChoice | null {
  return dimensions === undefined ? null : { dimensions, limit };
}

function silenceOf(block: NonNullable<RuleText['silence']>): SilenceJudgement {
  const { baseline, measure } = block;
  const shared = {
    kind: 'silence',
    model: modelOf(block.model!),
    measure,
    windowMs: ms(block.window!),
    minSamples: block.min_samples ?? DEFAULT_SAMPLES.silence,
  } as const;
  if (baseline === undefined) return { ...shared, baseline: null };
  if (baseline.kind === 'same_time') {
    return { ...shared, baseline: { kind: 'same_time', offsetMs: ms(baseline.offset), periods: baseline.periods } };
  }
  return {
    ...shared,
    baseline: { kind: 'trailing', durationMs: ms(baseline.duration), offsetMs: ms(baseline.offset ?? 0) },
  };
}

function modelOf(model: string): string | null {
  return model === '*' ? null : model;
}

function versionOf(version: string): VersionChoice {
  return version === 'latest' || version === 'all' ? { kind: version } : { kind: 'named', version };
}

/** Milliseconds of a checked duration. */
export function ms(duration: string | 0): number {
  return duration === 0 ? 0 : parseDuration(duration);
}

import type { Severity } from '../alerting/alert.ts';
import { parseDuration } from '../duration.ts';
import { negationOf, parseCondition } from './condition.ts';
import { labelNamesOf } from './label-names.ts';
import type { FieldChoice, Judgement, Rule, RuleGroup, SilenceJudgement, VersionChoice } from './rule.ts';
import type { Receiver, Route, RuleSet, Secret } from './rule-set.ts';
import type { GroupText, ReceiverText, RouteText, RulesFile, RuleText, SecretText } from './schema-of-rules.ts';
import { compileTemplate } from './template.ts';

/** What a rule file need not say. */
const DEFAULTS = {
  interval: '1m',
  queryOffset: '30s',
  noDataFor: '15m',
  severity: 'warning',
  driftSamples: 1000,
  samples: 100,
} as const;

/** A checked rule file with every default filled in. Must only be called where nothing was found wrong. */
export function complete(file: RulesFile): RuleSet {
  const groups = file.groups.map((group) => completeGroup(group, file));
  const root = file.route ? completeRoute({ ...file.route, matchers: {} }, null) : null;
  return { groups, receivers: (file.receivers ?? []).map(completeReceiver), route: root };
}

function completeGroup(group: GroupText, file: RulesFile): RuleGroup {
  const intervalMs = ms(group.interval ?? file.evaluation?.interval ?? DEFAULTS.interval);
  const queryOffsetMs = ms(group.query_offset ?? file.evaluation?.query_offset ?? DEFAULTS.queryOffset);
  const rules = group.rules.map((rule) => completeRule(rule, group, intervalMs));
  return { name: group.name, intervalMs, queryOffsetMs, rules };
}

function completeRule(rule: RuleText, group: GroupText, intervalMs: number): Rule {
  const written = rule.labels?.severity ?? group.labels?.severity ?? DEFAULTS.severity;
  const severity = (written === 'page' ? 'critical' : written) as Severity;
  const fire = parseCondition(rule.fire);
  const judgement = judgementOf(rule);
  const names = labelNamesOf(rule, group);
  const annotations = { summary: defaultSummary(judgement), ...rule.annotations };
  return {
    alert: rule.alert,
    group: group.name,
    intervalMs,
    judgement,
    fire,
    clear: rule.clear === undefined ? negationOf(fire) : parseCondition(rule.clear),
    forMs: ms(rule.for ?? 0),
    keepFiringForMs: ms(rule.keep_firing_for ?? 0),
    noData: rule.no_data ?? 'keep',
    noDataForMs: ms(rule.no_data_for ?? DEFAULTS.noDataFor),
    onError: rule.on_error ?? 'error',
    severity,
    labels: { ...group.labels, ...rule.labels, severity },
    annotations: new Map(Object.entries(annotations).map(([name, text]) => [name, compileTemplate(text, names)])),
  };
}

function judgementOf(rule: RuleText): Judgement {
  if (rule.silence) return silenceOf(rule.silence);
  if (rule.drift) {
    const { drift } = rule;
    return {
      kind: 'drift',
      ...selectionOf(drift),
      stage: drift.stage ?? 'feature',
      fields: fieldsOf(drift),
      measure: drift.method,
      ...dataOf(drift, DEFAULTS.driftSamples),
    };
  }
  if (rule.schema) {
    const { schema } = rule;
    return {
      kind: 'schema',
      ...selectionOf(schema),
      stage: schema.stage ?? 'feature',
      fields: fieldsOf(schema),
      measure: schema.measure,
      ...dataOf(schema, DEFAULTS.samples),
    };
  }
  const confidence = rule.confidence!;
  const fields: FieldChoice =
    confidence.field === undefined ? { kind: 'all', exclude: [] } : { kind: 'named', fields: [confidence.field] };
  return {
    kind: 'confidence',
    ...selectionOf(confidence),
    stage: 'confidence',
    fields,
    measure: confidence.measure,
    ...dataOf(confidence, DEFAULTS.samples),
  };
}

type SeriesBlock = {
  model: string;
  version?: string;
  window: string | 0;
  min_samples?: number;
  baseline?: { name: string };
};

function selectionOf(block: SeriesBlock): { model: string | null; version: VersionChoice } {
  const version = block.version ?? 'latest';
  const choice: VersionChoice =
    version === 'latest' || version === 'all' ? { kind: version } : { kind: 'named', version };
  return { model: modelOf(block.model), version: choice };
}

function dataOf(
  block: SeriesBlock,
  samples: number,
): { windowMs: number; baseline: string | null; minSamples: number } {
  return {
    windowMs: ms(block.window),
    baseline: block.baseline?.name ?? null,
    minSamples: block.min_samples ?? samples,
  };
}

function fieldsOf(block: { fields?: string[]; exclude?: string[] }): FieldChoice {
  const { fields = ['*'], exclude = [] } = block;
  return fields.includes('*') ? { kind: 'all', exclude } : { kind: 'named', fields };
}

function silenceOf(block: NonNullable<RuleText['silence']>): SilenceJudgement {
  const { baseline, measure } = block;
  const shared = {
    kind: 'silence',
    model: modelOf(block.model),
    measure,
    windowMs: ms(block.window),
    minSamples: block.min_samples ?? DEFAULTS.samples,
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

function defaultSummary(judgement: Judgement): string {
  const what = judgement.kind === 'silence' ? '' : ' of {{ $labels.stage }} {{ $labels.field }}';
  return `${judgement.measure}${what} in {{ $labels.model }} is {{ $value | printf "%.3g" }} ({{ $threshold }})`;
}

function completeReceiver(receiver: ReceiverText): Receiver {
  const { slack, pagerduty, webhook } = receiver;
  const named = { name: receiver.name, allowPrivate: receiver.allow_private ?? false };
  if (slack) return { ...named, kind: 'slack', url: secretOf(slack.url) };
  if (pagerduty) {
    const url = pagerduty.url === undefined ? null : secretOf(pagerduty.url);
    return { ...named, kind: 'pagerduty', routingKey: secretOf(pagerduty.routing_key), url };
  }
  const secrets = [webhook!.secret, ...(webhook!.old_secret === undefined ? [] : [webhook!.old_secret])];
  return { ...named, kind: 'webhook', url: secretOf(webhook!.url), secrets: secrets.map(secretOf) };
}

function secretOf(secret: SecretText): Secret {
  return typeof secret === 'string' ? { kind: 'plain', value: secret } : { kind: 'env', name: secret.env };
}

function completeRoute(route: RouteText, above: Route | null): Route {
  const named = route.receivers ?? (route.receiver === undefined ? null : [route.receiver]);
  const own: Route = {
    matchers: route.matchers,
    receivers: named ?? above?.receivers ?? [],
    routes: [],
  };
  return { ...own, routes: (route.routes ?? []).map((inner) => completeRoute(inner, own)) };
}

function ms(duration: string | 0): number {
  return duration === 0 ? 0 : parseDuration(duration);
}

import { formatDuration } from '../../duration.ts';
import type { DraftRule } from './draft-rule.ts';

/** What the rules are about, and how wide (ms) the windows of the baseline are; null where it has none. */
export type Subject = {
  readonly model: string;
  readonly version: string;
  readonly baseline: string;
  readonly windowMs: number | null;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A rule file, as a person would begin to write it. */
export function rulesText(subject: Subject, rules: readonly DraftRule[]): string {
  const { model, version, baseline, windowMs } = subject;
  const known =
    windowMs === null
      ? ['# It keeps no windows, so nothing is known of how hours and days differ: all thresholds are the usual ones.']
      : [
          `# Judged over its own windows (${formatDuration(windowMs)} each) none of these rules fires: where a field came near, it has a`,
          '# threshold of its own, a quarter above its highest score there.',
        ];
  const hour = Math.max(HOUR_MS, windowMs ?? 0);
  const day = Math.ceil(DAY_MS / hour) * hour;
  const everyMs = (6 * HOUR_MS) % hour === 0 ? 6 * HOUR_MS : hour;
  const lines = [
    `# Rules inferred from the baseline ${oneLine(baseline)} of ${oneLine(model)} ${oneLine(version)}: a beginning, to be read and changed.`,
    ...known,
    '# How much traffic there ought to be is not in it; alerts/tabular.yaml has a rule for that.',
    'version: 1',
    'defaults:',
    `  model: ${quoted(model)}`,
    `  baseline: { kind: reference, name: ${quoted(baseline)} }`,
    '  min_samples: 500',
    '  occurrences: 2 of 3',
    '  annotations:',
    '    summary: "{{ $labels.alertname }}: {{ $labels.field }} of {{ $labels.model }} {{ $labels.version }} is at {{ $value }}, the threshold {{ $threshold }}"',
    '',
    'groups:',
    ...groupLines(rules, 'values', baseline, { windowMs: hour, widenToMs: 7 * day, everyMs: hour }),
    ...groupLines(rules, 'distribution', baseline, { windowMs: day, widenToMs: 30 * day, everyMs }),
    ...serviceLines(formatDuration(hour)),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a baseline says nothing of: calls that fail, and agents that are gone. */
function serviceLines(hour: string): string[] {
  return [
    '  - name: service',
    `    interval: ${hour}`,
    `    defaults: { window: ${hour} }`,
    '    rules:',
    '      - alert: CallsFail',
    '        errors: { min_samples: 100 }',
    '        fire: "> 0.05"',
    '        clear: "< 0.02"',
    '        annotations: { summary: "{{ $value | percent }} of the calls of {{ $labels.model }} {{ $labels.version }} fail" }',
    '      - alert: AgentsSilent',
    '        silence: { measure: reports }',
    '        fire: "< 1"',
    '        annotations: { summary: "no agent reports on {{ $labels.model }}" }',
  ];
}

type Times = { readonly windowMs: number; readonly widenToMs: number; readonly everyMs: number };

function groupLines(all: readonly DraftRule[], group: DraftRule['group'], baseline: string, times: Times): string[] {
  const rules = all.filter((one) => one.group === group);
  if (rules.length === 0) return [];
  const [window, widenTo, every] = [times.windowMs, times.widenToMs, times.everyMs].map(formatDuration);
  return [
    `  - name: ${group}`,
    `    interval: ${every}`,
    `    defaults: { window: ${window}, widen_to: ${widenTo}, keep_firing_for: ${window} }`,
    '    rules:',
    ...rules.flatMap((rule) => ruleLines(rule, baseline)),
  ];
}

function ruleLines(rule: DraftRule, baseline: string): string[] {
  const { alert, block, stage, measure, fire, clear, overrides, excluded } = rule;
  const parts = [
    ...(block === 'confidence' ? [] : [`stage: ${quotedStage(stage)}`]),
    `${block === 'drift' ? 'method' : 'measure'}: ${measure}`,
    ...(rule.direction === undefined ? [] : [`direction: ${rule.direction}`]),
    ...(rule.minSamples === 500 ? [] : [`min_samples: ${rule.minSamples}`]),
    // Measures that can do without a baseline take one only where it stands with them.
    ...(rule.needsBaseline ? [`baseline: { kind: reference, name: ${quoted(baseline)} }`] : []),
    ...(excluded.size === 0 ? [] : [`exclude: [${[...excluded.keys()].map(quoted).join(', ')}]`]),
  ];
  return [
    `      - alert: ${alert}`,
    `        ${block}: { ${parts.join(', ')} }`,
    `        fire: "> ${fire}"`,
    `        clear: "< ${clear}"`,
    ...(overrides.size === 0 ? [] : ['        overrides:']),
    ...[...overrides].map(
      ([field, one]) =>
        `          ${quoted(field)}: { fire: "> ${one.fire}" } # at most ${one.highest.toPrecision(2)} in the baseline`,
    ),
  ];
}

/** A step has a colon in its name. */
function quotedStage(stage: string): string {
  return stage.includes(':') ? quoted(stage) : stage;
}

/** Text as YAML takes it, whatever is in it: JSON's strings are YAML's. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

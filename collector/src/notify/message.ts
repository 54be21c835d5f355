import type { AlertMessage, ResolveReason } from '../alerting/alert.ts';
import { spanText, timeText, valueText } from './figure-text.ts';

/** What an alert says, made once; channels only translate and cut it. */
export type Message = {
  /** One line: state, severity and the summary of the rule. */
  readonly title: string;
  /** Whole sentences: what changed, since when, on how much data, and the description of the rule. */
  readonly lines: readonly string[];
  /** At most ten names with a value each, for channels that show a table. */
  readonly facts: readonly Fact[];
  /** What moved, most important first; may be empty. */
  readonly evidence: readonly string[];
  /** Where to go on; may be empty. */
  readonly links: readonly Link[];
};

export type Fact = { readonly name: string; readonly value: string };
/** Leads to the alert itself or to the runbook of its rule; `url` is absolute http or https. */
export type Link = { readonly to: 'alert' | 'runbook'; readonly text: string; readonly url: string };

/** Longer addresses are left out: no channel takes them, and cut short they lead nowhere. */
const MAX_URL = 2_000;

const ENDED: Readonly<Record<ResolveReason, string>> = {
  cleared: 'the condition has cleared',
  rule_removed: 'the rule was removed, whether the condition still holds is not known',
  version_superseded: 'a newer version of the model has taken over',
  series_gone: 'the series is gone, nothing is left to judge',
};

/** Puts an alert into words that answer, without opening anything, what changed, since when and in which version. */
export function messageOf(alert: AlertMessage): Message {
  const series = seriesText(alert);
  return {
    title: titleOf(alert),
    lines: [changeLine(alert, series), timeLine(alert), dataLine(alert), ...descriptionOf(alert)],
    facts: factsOf(alert, series),
    evidence: alert.evidence.map(oneLine),
    links: linksOf(alert),
  };
}

function titleOf(alert: AlertMessage): string {
  const state = alert.kind === 'firing' ? `FIRING ${alert.severity}` : 'RESOLVED';
  return `[${state}] ${oneLine(alert.annotations.summary ?? `${alert.alertname} on ${alert.model} ${alert.version}`)}`;
}

/** `feature/distance, slice country=DE`, or null where the alert is about the model as a whole. */
function seriesText({ labels }: AlertMessage): string | null {
  const path = [labels.stage, labels.field].filter((part) => part).join('/');
  const slice = labels.slice ? `slice ${labels.slice}` : '';
  return [path, slice].filter((part) => part).join(', ') || null;
}

function changeLine(alert: AlertMessage, series: string | null): string {
  const subject = series === null ? alert.measure : `${alert.measure} of ${series}`;
  const verb = alert.kind === 'firing' ? 'is' : 'was last';
  const where = `in ${alert.model} version ${alert.version}`;
  return oneLine(`${subject} ${where} ${verb} ${valueText(alert.value)}; the rule fires at ${alert.threshold}.`);
}

function timeLine(alert: AlertMessage): string {
  const judged = `judged ${timeText(alert.spanFrom)} to ${timeText(alert.spanTo)}`;
  if (alert.resolvedAt === null) {
    return `Since ${timeText(alert.activeAt)}, fired ${timeText(alert.firedAt)}, ${judged}.`;
  }
  const why = alert.resolveReason === null ? '' : `: ${ENDED[alert.resolveReason]}`;
  const lasted = spanText(alert.resolvedAt - alert.activeAt);
  return `Ended ${timeText(alert.resolvedAt)} after ${lasted} (since ${timeText(alert.activeAt)})${why}; ${judged}.`;
}

function dataLine(alert: AlertMessage): string {
  const samples = `${alert.samples.toLocaleString('en-US')} valid values`;
  return alert.baseline === null
    ? `Judged on ${samples}; this measure needs no baseline.`
    : oneLine(`Judged on ${samples} against baseline ${alert.baseline}.`);
}

function descriptionOf(alert: AlertMessage): string[] {
  const description = alert.annotations.description?.trim();
  return description ? [description] : [];
}

function factsOf(alert: AlertMessage, series: string | null): Fact[] {
  const since = timeText(alert.activeAt);
  const facts: [string, string | null][] = [
    ['Model', alert.model],
    ['Version', alert.version],
    ['Series', series],
    ['Value', `${alert.measure} ${valueText(alert.value)}`],
    ['Threshold', alert.threshold],
    ['Samples', alert.samples.toLocaleString('en-US')],
    ['Baseline', alert.baseline],
    ['Since', alert.resolvedAt === null ? since : `${since} until ${timeText(alert.resolvedAt)}`],
    ['Severity', alert.severity],
    ['Rule', `${alert.group}/${alert.alertname}`],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [{ name, value: oneLine(value) }]));
}

function linksOf(alert: AlertMessage): Link[] {
  return [
    ...linkOf('alert', 'Open in Tidemark', alert.url),
    ...linkOf('runbook', 'Runbook', alert.annotations.runbook_url),
  ];
}

function linkOf(to: Link['to'], text: string, url: string | null | undefined): Link[] {
  const parsed = url ? URL.parse(url) : null;
  const isUsable = parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.href.length <= MAX_URL;
  return isUsable ? [{ to, text, url: parsed.href }] : [];
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

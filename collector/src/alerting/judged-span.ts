import { parseDuration } from '../duration.ts';
import { CollectorError } from '../errors.ts';
import { didYouMean } from '../near-name.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { HistoryEvent } from './history.ts';
import type { HistorySource } from './history-source.ts';
import { onlyModel, onlyRule } from './narrowed.ts';

/** What is needed of the store to judge a stored span of one project. */
export type SpanStore = {
  models(): Promise<string[]>;
  /** End (ms) of the newest window of a model; null where it has none. */
  newestEnd(model: string): Promise<number | null>;
  /** What is stored, where the newest of it ends at `newest` (ms). */
  source(newest: number): Promise<HistorySource>;
  /** What alerts did at ticks in (since, until] (ms); of one model, or of all (null). */
  history(since: number, until: number, model: string | null): Promise<HistoryEvent[]>;
  /** Labels that all alerts of the project have, as live judging gives them. */
  labels(): Promise<Readonly<Record<string, string>>>;
  /** Where people find alerts; null where there is no such address. */
  readonly publicUrl: string | null;
};

/** The span that somebody asks for. Times are ISO 8601 in UTC, or durations before the end of it. */
export type SpanAsked = {
  readonly model?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly rule?: string | undefined;
};

/** A stored span and the rules to judge it by. */
export type JudgedSpan = {
  readonly rules: RuleSet;
  readonly source: HistorySource;
  readonly history: SpanStore['history'];
  /** One model or, with null, all; and so with rules. */
  readonly model: string | null;
  readonly rule: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly publicUrl: string | null;
  /** Ticks in (since, until] are meant, ms. */
  readonly since: number;
  readonly until: number;
};

const USUAL = '30d';

/**
 * Finds the span: until the end of the newest window, from 30 days before on, where nothing else is asked for.
 * @throws {CollectorError} `USAGE` for times, models or rules that there are not.
 */
export async function judgedSpan(asked: SpanAsked, rules: RuleSet, store: SpanStore): Promise<JudgedSpan> {
  const model = asked.model ?? null;
  const chosen = asked.rule === undefined ? rules : chosenRule(rules, asked.rule);
  const newest = await newestOf(store, model);
  const until = asked.until === undefined ? newest : timeOf('until', asked.until, newest);
  const since = timeOf('since', asked.since ?? USUAL, until);
  if (since >= until) throw new CollectorError('USAGE', 'since has to lie before until');
  const source = await store.source(newest);
  return {
    rules: chosen,
    source: model === null ? source : onlyModel(source, model),
    history: (from, to, of) => store.history(from, to, of),
    model,
    rule: asked.rule ?? null,
    labels: await store.labels(),
    publicUrl: store.publicUrl,
    since,
    until,
  };
}

function chosenRule(rules: RuleSet, name: string): RuleSet {
  const chosen = onlyRule(rules, name);
  if (chosen !== null) return chosen;
  const names = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
  throw new CollectorError('USAGE', `the file has no rule ${name}${didYouMean(name, names)}`);
}

/** End of the newest window of the project or of one model, ms. */
async function newestOf(store: SpanStore, model: string | null): Promise<number> {
  const models = await store.models();
  if (model !== null && !models.includes(model)) {
    throw new CollectorError('USAGE', `there is no model ${model}${didYouMean(model, models)}`);
  }
  let newest = -Infinity;
  for (const one of model === null ? models : [model])
    newest = Math.max(newest, (await store.newestEnd(one)) ?? newest);
  if (newest === -Infinity) throw new CollectorError('USAGE', 'nothing is stored yet, so there is nothing to judge');
  return newest;
}

/** A time such as `2026-10-01` or `2026-10-01T12:00Z`, or a duration such as `7d` before another time. */
function timeOf(option: string, text: string, before: number): number {
  try {
    return before - parseDuration(text);
  } catch {
    const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(time)) return time;
    const expected = 'a time such as 2026-10-01 or 2026-10-01T12:00Z, or a duration back such as 7d';
    throw new CollectorError('USAGE', `${option}: expected ${expected}, got '${text}'`);
  }
}

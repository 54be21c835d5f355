import type { HistorySource } from '../alerting/history-source.ts';
import { onlyModel, onlyRule } from '../alerting/narrowed.ts';
import { loadConfig } from '../config.ts';
import { parseDuration } from '../duration.ts';
import { CollectorError } from '../errors.ts';
import { didYouMean } from '../near-name.ts';
import { readRules } from '../read-rules.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { Database } from '../store/database.ts';
import { StoreJudgingSource } from '../store/judging-source.ts';
import { listModels, listVersions } from '../store/models.ts';
import { listProjectsKept } from '../store/project-retention.ts';
import { DEFAULT_PROJECT } from '../store/projects.ts';
import { PROJECT_OPTIONS, projectNamed, withStore } from './open-store.ts';

/** What commands that judge a stored span take. */
export const SPAN_OPTIONS = {
  ...PROJECT_OPTIONS,
  model: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  rule: { type: 'string' },
} as const;

type SpanValues = { readonly [Name in keyof typeof SPAN_OPTIONS]?: string | undefined };

/** A stored span and the rules to judge it by. */
export type JudgedSpan = {
  readonly database: Database;
  readonly projectId: number;
  readonly rules: RuleSet;
  readonly source: HistorySource;
  readonly model: string | null;
  /** Labels that all alerts of the project have, and where people find them: as `serve` has them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly publicUrl: string | null;
  /** Ticks in (since, until] are meant, ms. */
  readonly since: number;
  readonly until: number;
};

const LONGEST = '30d';

/**
 * Opens the store and finds the span: until the end of the newest window, from 30 days before on, where nothing else is
 * asked for.
 * @throws {CollectorError} `USAGE` for times, models or rules that there are not.
 */
export async function withJudgedSpan<T>(
  values: SpanValues,
  rulesFile: string,
  work: (span: JudgedSpan) => Promise<T>,
): Promise<T> {
  const all = await readRules(rulesFile);
  const rules = values.rule === undefined ? all : chosenRule(all, values.rule);
  const config = await loadConfig(values.config, process.env);
  return withStore(values.config, async (database) => {
    const project = values.project ?? DEFAULT_PROJECT.name;
    const projectId = await projectNamed(database, project);
    const model = values.model ?? null;
    const newest = await newestData(database, projectId, model);
    const until = values.until === undefined ? newest : timeOf('until', values.until, newest);
    const since = timeOf('since', values.since ?? LONGEST, until);
    if (since >= until) throw new CollectorError('USAGE', `--since has to lie before --until`);
    const kept = (await listProjectsKept(database, config.keptFor)).get(projectId) ?? config.keptFor;
    const now = config.time === 'data' ? newest : Date.now();
    const source = new StoreJudgingSource(database, projectId, () => now - kept.minutes);
    return work({
      database,
      projectId,
      rules,
      source: model === null ? source : onlyModel(source, model),
      model,
      labels: projectId === DEFAULT_PROJECT.id ? {} : { project },
      publicUrl: config.publicUrl,
      since,
      until,
    });
  });
}

function chosenRule(rules: RuleSet, name: string): RuleSet {
  const chosen = onlyRule(rules, name);
  if (chosen !== null) return chosen;
  const names = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
  throw new CollectorError('USAGE', `the file has no rule ${name}${didYouMean(name, names)}`);
}

/** End of the newest window of the project or of one model, ms. */
async function newestData(database: Database, projectId: number, model: string | null): Promise<number> {
  const models = await listModels(database, projectId);
  if (model !== null && !models.includes(model)) {
    throw new CollectorError('USAGE', `there is no model ${model}${didYouMean(model, models)}`);
  }
  let newest = -Infinity;
  for (const one of model === null ? models : [model]) {
    for (const { last_window } of await listVersions(database, projectId, one)) {
      newest = Math.max(newest, last_window ?? -Infinity);
    }
  }
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
    throw new CollectorError('USAGE', `--${option}: expected ${expected}, got '${text}'`);
  }
}

import { type JudgedSpan, judgedSpan, type SpanAsked } from '../alerting/judged-span.ts';
import { loadConfig } from '../config.ts';
import { readRules } from '../read-rules.ts';
import { createSpanStore } from '../store/span-store.ts';
import { PROJECT_OPTIONS, type ProjectValues, withProject } from './open-store.ts';

/** What commands that judge a stored span take. */
export const SPAN_OPTIONS = {
  ...PROJECT_OPTIONS,
  model: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  rule: { type: 'string' },
} as const;

/**
 * Runs `work` on the span that the options name, in the store that the settings name.
 * @throws {CollectorError} `RULES_INVALID`, `UNKNOWN_PROJECT`, or what `judgedSpan` throws.
 */
export async function withJudgedSpan<T>(
  values: SpanAsked & ProjectValues,
  rulesFile: string,
  work: (span: JudgedSpan) => Promise<T>,
): Promise<T> {
  const rules = await readRules(rulesFile);
  const config = await loadConfig(values.config, process.env);
  return withProject(values, async ({ database, projectId }) =>
    work(await judgedSpan(values, rules, createSpanStore(database, projectId, config))),
  );
}

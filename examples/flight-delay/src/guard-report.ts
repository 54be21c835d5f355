import { type GuardVerdict, MOST_OF_RIGHT } from './guard-verdict.ts';
import { tableOf } from './report.ts';
import type { Score } from './score.ts';

/** What the collector has of the guard of one version: calls by verdict, and violations by check and field. */
export type GuardSeen = {
  readonly version: string;
  readonly verdicts: ReadonlyMap<string, number>;
  readonly violations: ReadonlyMap<string, number>;
};

/** The tables of what the guard did and what it was worth, and what the person on call finds of it. */
export function guardReportOf(verdict: GuardVerdict, seen: readonly GuardSeen[]): string {
  const { spans, incident, outside, changed } = verdict;
  const calls = spans.map(({ name, calls: all, fallbacks }) => [
    name,
    whole(all),
    whole(fallbacks),
    share(fallbacks, all),
  ]);
  const scores = [
    scoreRow('wrong-columns', 'unguarded', incident.unguarded),
    scoreRow('', 'guarded', incident.guarded),
    scoreRow('', 'the columns in the right order', incident.right),
    scoreRow('', 'no model: late in January at that hour', incident.hourly),
    scoreRow('outside', 'unguarded', outside.unguarded),
    scoreRow('', 'guarded', outside.guarded),
  ];
  const onCall = seen.flatMap(({ version, verdicts, violations }) => [
    [version, 'verdict', listOf(verdicts)],
    ['', 'violation', listOf(violations)],
  ]);
  return [
    tableOf([['guarded calls', 'calls', 'to the fallback', 'share'], ...calls]),
    tableOf([['quality', 'answers', 'AUC', 'log loss', 'mean probability', 'really late'], ...scores]),
    `guarded / right columns: ${(incident.guarded.logLoss / incident.right.logLoss).toFixed(3)} times the log loss (at most ${MOST_OF_RIGHT}); ` +
      `${whole(changed)} answers that are not the fallback's differ from the unguarded ones`,
    tableOf([['version', 'step:guard', 'as the collector has it'], ...onCall]),
  ].join('\n\n');
}

function scoreRow(span: string, answers: string, score: Score): string[] {
  const { auc, logLoss, meanProbability, baseRate } = score;
  return [span, answers, ...[auc, logLoss, meanProbability, baseRate].map((figure) => figure.toFixed(4))];
}

function listOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([key, count]) => `${key} ${whole(count)}`).join(', ') || '-';
}

function whole(count: number): string {
  return count.toLocaleString('en');
}

function share(part: number, all: number): string {
  return `${((part / all) * 100).toFixed(2)} %`;
}

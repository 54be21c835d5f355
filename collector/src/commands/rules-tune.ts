import { writeFile } from 'node:fs/promises';
import { timeText } from '../alerting/overlay.ts';
import { readIncidents } from '../alerting/tune/incident.ts';
import { scoreHistory } from '../alerting/tune/score-history.ts';
import type { TriedThreshold } from '../alerting/tune/tried-threshold.ts';
import { parseBudget, type Tuned, tune } from '../alerting/tune/tune.ts';
import { tunedSvg } from '../alerting/tune/tuned-svg.ts';
import { tunedText } from '../alerting/tune/tuned-text.ts';
import { ANY_VALUE } from '../rules/condition.ts';
import { readArguments, requireOptions } from './arguments.ts';
import type { Command } from './command.ts';
import { SPAN_OPTIONS, withJudgedSpan } from './judged-span.ts';

export const rulesTune: Command = {
  name: 'rules tune',
  usage:
    'rules tune RULES --rule NAME [--at-most 1/month] [--incidents FILE] [--model NAME] [--since 30d] [--until TIME] [--svg FILE] [--project NAME] [--config tidemark.yaml] [--json]',
  summary:
    'Try thresholds of a rule over what is stored: how many alarms each gives, and which keeps a budget or finds incidents best.',
  async run(args) {
    const options = {
      ...SPAN_OPTIONS,
      'at-most': { type: 'string' },
      incidents: { type: 'string' },
      svg: { type: 'string' },
      json: { type: 'boolean' },
    } as const;
    const { values, positionals } = readArguments(args, options, { min: 1, max: 1 }, this.usage);
    requireOptions(values, ['rule'], this.usage);
    const incidents = values.incidents === undefined ? null : await readIncidents(values.incidents);
    const budgetText = values['at-most'] ?? (incidents === null ? '1/month' : undefined);
    const budget = budgetText === undefined ? null : parseBudget(budgetText);
    return withJudgedSpan(values, positionals[0]!, async (span) => {
      const tuned = tune(await scoreHistory(span), budget, incidents);
      if (values.svg !== undefined) await writeFile(values.svg, tunedSvg(tuned));
      console.log(values.json === true ? JSON.stringify(asJson(tuned), null, 2) : tunedText(tuned));
      return 0;
    });
  },
};

function asJson({ history, tried, current, chosen, why }: Tuned) {
  const of = ({ fire, clear, alarms, agreement }: TriedThreshold) => ({
    fire: fire.text,
    clear: clear === ANY_VALUE ? null : clear.text,
    alarms: alarms.length,
    ...(agreement ?? {}),
  });
  return {
    rule: history.rule.alert,
    since: timeText(history.since),
    until: timeText(history.until),
    ticks: history.ticks,
    series: history.series.length,
    why,
    current: of(current),
    chosen: chosen === null ? null : of(chosen),
    tried: tried.map(of),
  };
}

import { writeFile } from 'node:fs/promises';
import { readIncidents } from '../alerting/tune/incident.ts';
import { scoreHistory } from '../alerting/tune/score-history.ts';
import { budgetOf, tune } from '../alerting/tune/tune.ts';
import { tunedAnswer } from '../alerting/tune/tuned-answer.ts';
import { tunedSvg } from '../alerting/tune/tuned-svg.ts';
import { tunedText } from '../alerting/tune/tuned-text.ts';
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
    const budget = budgetOf(values['at-most'], incidents);
    return withJudgedSpan(values, positionals[0]!, async (span) => {
      const tuned = await tune(await scoreHistory(span), budget, incidents);
      if (values.svg !== undefined) await writeFile(values.svg, tunedSvg(tuned));
      console.log(values.json === true ? JSON.stringify(tunedAnswer(tuned), null, 2) : tunedText(tuned));
      return 0;
    });
  },
};

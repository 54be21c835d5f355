import { overlay, overlayText, timeText } from '../alerting/overlay.ts';
import { replay } from '../alerting/replay.ts';
import { selectHistory } from '../store/alert-history.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { SPAN_OPTIONS, withJudgedSpan } from './judged-span.ts';

export const rulesReplay: Command = {
  name: 'rules replay',
  usage:
    'rules replay RULES [--model NAME] [--rule NAME] [--since 30d] [--until TIME] [--project NAME] [--config tidemark.yaml] [--json]',
  summary: 'Judge what is stored by a rule file: what would have fired, beside what did. Stores and sends nothing.',
  async run(args) {
    const options = { ...SPAN_OPTIONS, json: { type: 'boolean' } } as const;
    const { values, positionals } = readArguments(args, options, { min: 1, max: 1 }, this.usage);
    return withJudgedSpan(values, positionals[0]!, async (span) => {
      const { since, until } = span;
      const replayed = await replay(span);
      const stored = await selectHistory(span.database, span.projectId, since, until, span.model);
      const named = stored.filter(
        ({ alertname, labels }) =>
          values.rule === undefined || alertname === values.rule || labels.rulename === values.rule,
      );
      const alerts = overlay(replayed.events, named);
      const { ticks, findings } = replayed;
      if (values.json === true) {
        const answer = { since: timeText(since), until: timeText(until), ticks, findings, alerts };
        console.log(JSON.stringify(answer, null, 2));
        return 0;
      }
      const would = alerts.reduce((sum, alert) => sum + alert.would.length, 0);
      const did = alerts.reduce((sum, alert) => sum + alert.did.length, 0);
      const counts = `${ticks} ticks, ${findings} findings: would have fired ${would} times, did ${did} times`;
      console.log(`${timeText(since)} .. ${timeText(until)}: ${counts}`);
      if (alerts.length > 0) console.log(`\n${overlayText(alerts)}`);
      return 0;
    });
  },
};

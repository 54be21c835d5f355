import { overlayText } from '../alerting/overlay.ts';
import { replayAnswer } from '../alerting/replay-answer.ts';
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
      const answer = await replayAnswer(span);
      if (values.json === true) {
        console.log(JSON.stringify(answer, null, 2));
        return 0;
      }
      const { since, until, ticks, findings, alerts } = answer;
      const would = alerts.reduce((sum, alert) => sum + alert.would.length, 0);
      const did = alerts.reduce((sum, alert) => sum + alert.did.length, 0);
      const counts = `${ticks} ticks, ${findings} findings: would have fired ${would} times, did ${did} times`;
      console.log(`${since} .. ${until}: ${counts}`);
      if (alerts.length > 0) console.log(`\n${overlayText(alerts)}`);
      return 0;
    });
  },
};

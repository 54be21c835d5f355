import { CollectorError } from '../errors.ts';
import { FOREVER, KEPT } from '../kept-for.ts';
import { checkKeptFor } from '../settings.ts';
import { setRetention } from '../store/project-retention.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { withProject } from './open-store.ts';

/** Takes a time of the project's own away again. */
const AS_SET = 'default';

export const projectRetention: Command = {
  name: 'project retention',
  usage:
    'project retention NAME [--minutes TIME] [--hours TIME] [--days TIME] [--events TIME] [--config tidemark.yaml] [--json]',
  summary: `Keep things of a project for other times than the settings say (30d, ${FOREVER}; ${AS_SET}: as the settings say).`,
  async run(args) {
    const text = { type: 'string' } as const;
    const options = {
      config: text,
      minutes: text,
      hours: text,
      days: text,
      events: text,
      json: { type: 'boolean' },
    } as const;
    const { values, positionals } = readArguments(args, options, { min: 1, max: 1 }, this.usage);
    const [project = ''] = positionals;
    const changes = KEPT.flatMap((kept) => {
      const value = values[kept];
      return value === undefined ? [] : [[kept, value] as const];
    });
    const mistakes = changes.flatMap(([kept, value]) => {
      const wrong = value === AS_SET ? undefined : checkKeptFor(value);
      return wrong === undefined ? [] : [`--${kept}: ${wrong}, got ${JSON.stringify(value)}`];
    });
    if (mistakes.length > 0) throw new CollectorError('USAGE', mistakes.join('\n'));
    return withProject({ config: values.config, project }, async ({ database, projectId }) => {
      const own = changes.filter(([, value]) => value !== AS_SET);
      const asSet = changes.filter(([, value]) => value === AS_SET).map(([kept]) => kept);
      const retention = await setRetention(database, projectId, Object.fromEntries(own), asSet);
      if (values.json === true) console.log(JSON.stringify(retention));
      else for (const kept of KEPT) console.log(`${kept}\t${retention[kept] ?? 'as the settings say'}`);
      return 0;
    });
  },
};

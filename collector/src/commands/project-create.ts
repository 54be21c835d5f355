import { CollectorError } from '../errors.ts';
import { insertProject } from '../store/projects.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { withStore } from './open-store.ts';

/** As the table of projects has it. */
const NAME = /^[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?$/;

export const projectCreate: Command = {
  name: 'project create',
  usage: 'project create NAME [--config tidemark.yaml] [--json]',
  summary: 'Make a project: its models, agents and alerts are seen by nobody else. Then make tokens for it.',
  async run(args) {
    const options = { config: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values, positionals } = readArguments(args, options, { min: 1, max: 1 }, this.usage);
    const [name = ''] = positionals;
    if (!NAME.test(name)) {
      const expected = 'expected 1 to 64 of a-z, 0-9, - and _, a letter or digit at both ends';
      throw new CollectorError('USAGE', `name of the project: ${expected}, got ${JSON.stringify(name)}`);
    }
    return withStore(values.config, async (database) => {
      const id = await insertProject(database, name);
      if (id === null) throw new CollectorError('PROJECT_EXISTS', `there is a project ${name} already`);
      console.log(values.json === true ? JSON.stringify({ id, name }) : `made the project ${name}`);
      return 0;
    });
  },
};

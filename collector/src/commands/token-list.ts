import { listTokens } from '../store/tokens.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, projectNamed, withStore } from './open-store.ts';

export const tokenList: Command = {
  name: 'token list',
  usage: 'token list [--project NAME] [--config tidemark.yaml] [--json]',
  summary:
    'List tokens by their ids, of one project or of all, newest first. Secrets are not kept and cannot be shown.',
  async run(args) {
    const options = { ...PROJECT_OPTIONS, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    return withStore(values.config, async (database) => {
      const projectId = values.project === undefined ? null : await projectNamed(database, values.project);
      const shown = (await listTokens(database, projectId)).map((row) => ({
        ...row,
        created_at: isoOf(row.created_at),
        expires_at: isoOf(row.expires_at),
        revoked_at: isoOf(row.revoked_at),
      }));
      if (values.json === true) console.log(JSON.stringify(shown, null, 2));
      else
        for (const { id, project, scope, name, created_at, expires_at, revoked_at } of shown) {
          const end = revoked_at !== null ? `revoked ${revoked_at}` : `expires ${expires_at ?? 'never'}`;
          console.log(`${id}\t${project}\t${scope}\t${created_at}\t${end}\t${name}`);
        }
      return 0;
    });
  },
};

function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

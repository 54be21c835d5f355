import { SCOPES, type Scope } from '../access/scope.ts';
import { mintToken } from '../access/token.ts';
import { parseDuration } from '../duration.ts';
import { CollectorError } from '../errors.ts';
import { insertToken } from '../store/tokens.ts';
import { readArguments, requireOptions } from './arguments.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, withProject } from './open-store.ts';

/** Characters of the note that says who uses a token. */
const MAX_NAME = 128;

export const tokenCreate: Command = {
  name: 'token create',
  usage:
    'token create --scope write|read|admin [--name WHO] [--expires 90d] [--project NAME] [--config tidemark.yaml] [--json]',
  summary:
    'Make a token: write for agents, read for people and dashboards, admin for both and for changing what agents go by. ' +
    'It is shown once; only its hash is kept.',
  async run(args) {
    const options = {
      ...PROJECT_OPTIONS,
      scope: { type: 'string' },
      name: { type: 'string' },
      expires: { type: 'string' },
      json: { type: 'boolean' },
    } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    const { scope } = requireOptions(values, ['scope'], this.usage);
    const { name = '', project = 'default' } = values;
    const wanted = readOptions({ scope, name, expires: values.expires }, Date.now(), this.usage);
    return withProject(values, async ({ database, projectId }) => {
      const { text, id, secretSha256 } = mintToken();
      await insertToken(database, { id, projectId, name, secretSha256, ...wanted });
      if (values.json === true) console.log(JSON.stringify({ id, project, ...wanted, token: text }));
      // Nothing else on standard output, so that it can be piped into where secrets are kept.
      else console.log(text);
      return 0;
    });
  },
};

/** Every mistake at once. */
function readOptions(
  { scope, name, expires }: { scope: string; name: string; expires: string | undefined },
  now: number,
  usage: string,
): { readonly scope: Scope; readonly expiresAt: number | null } {
  const mistakes: string[] = [];
  if (!(SCOPES as readonly string[]).includes(scope)) {
    mistakes.push(`--scope: expected one of ${SCOPES.join(', ')}, got ${JSON.stringify(scope)}`);
  }
  if (name.length > MAX_NAME) mistakes.push(`--name: expected at most ${MAX_NAME} characters, got ${name.length}`);
  let expiresAt: number | null = null;
  try {
    if (expires !== undefined) expiresAt = now + parseDuration(expires);
    // Where times end.
    if (expiresAt !== null && !(expiresAt <= Date.UTC(9999, 0, 1)))
      throw new RangeError('expected less than a millennium');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    mistakes.push(`--expires: ${error.message}`);
  }
  if (mistakes.length > 0) throw new CollectorError('USAGE', `${mistakes.join('\n')}\nusage: tidemark ${usage}`);
  return { scope: scope as Scope, expiresAt };
}

import { CollectorError } from '../errors.ts';
import { revokeToken } from '../store/tokens.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { withStore } from './open-store.ts';

export const tokenRevoke: Command = {
  name: 'token revoke',
  usage: 'token revoke ID [--config tidemark.yaml]',
  summary:
    'End a token: within seconds collectors let nobody in by it any more, and streams opened with it are closed.',
  async run(args) {
    const { values, positionals } = readArguments(args, { config: { type: 'string' } }, { min: 1, max: 1 }, this.usage);
    // A whole token is taken as well: whoever wants to end one that leaked has no other name for it.
    const id = (positionals[0] ?? '').replace(/^tmk_([0-9a-f]{24})_.*$/s, '$1');
    return withStore(values.config, async (database) => {
      if (!(await revokeToken(database, id))) {
        // What was given may be a secret with a typing error in it.
        throw new CollectorError(
          'UNKNOWN_TOKEN',
          'there is no token of that id; tidemark token list shows those that are there',
        );
      }
      console.log(`revoked ${id}`);
      return 0;
    });
  },
};

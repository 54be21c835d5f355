import { CollectorError } from '../errors.ts';
import { pinBaseline } from '../store/write-baseline.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, withVersion } from './open-store.ts';

export const baselinePin: Command = {
  name: 'baseline pin',
  usage: 'baseline pin MODEL VERSION NAME (--revision N | --newest) [--project NAME] [--config tidemark.yaml] [--json]',
  summary: 'Let rules go by one revision of a reference, whatever comes after, or by the newest again.',
  async run(args) {
    const options = {
      ...PROJECT_OPTIONS,
      revision: { type: 'string' },
      newest: { type: 'boolean' },
      json: { type: 'boolean' },
    } as const;
    const { values, positionals } = readArguments(args, options, { min: 3, max: 3 }, this.usage);
    const revision = readRevision(values, this.usage);
    return withVersion(values, positionals.slice(0, 2), async ({ database, versionId }) => {
      const [model, version, name = ''] = positionals;
      if (!(await pinBaseline(database, versionId, name, revision))) {
        const what = revision === null ? name : `${name} with revision ${revision}`;
        throw new CollectorError(
          'BASELINE_INVALID',
          `${model} ${version} has no baseline ${what}; nothing was changed`,
        );
      }
      if (values.json === true) console.log(JSON.stringify({ model, version, name, pinned: revision }));
      else
        console.log(
          `${name} of ${model} ${version}: rules go by ${revision === null ? 'the newest' : `revision ${revision}`}`,
        );
      return 0;
    });
  },
};

/** null = the newest. */
function readRevision(
  values: { revision?: string | undefined; newest?: boolean | undefined },
  usage: string,
): number | null {
  const { revision, newest = false } = values;
  if (newest && revision === undefined) return null;
  if (!newest && revision !== undefined && /^[1-9]\d{0,8}$/.test(revision)) return Number(revision);
  throw new CollectorError(
    'USAGE',
    `expected either --revision with a number from 1 on or --newest\nusage: tidemark ${usage}`,
  );
}

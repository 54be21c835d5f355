import { checkModelSettings, type PlainBounds, type PlainModelSettings, WireError } from '@tidemark/proto';
import { type BoundsRule, boundsOfBaseline } from '../baseline/bounds.ts';
import { CollectorError } from '../errors.ts';
import { listBaselines, loadBaseline } from '../store/baselines.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { type OpenProject, PROJECT_OPTIONS, withVersion } from './open-store.ts';
import { settingsText } from './settings-text.ts';
import { changedBy, storeSettings } from './store-settings.ts';

export const baselineBounds: Command = {
  name: 'baseline bounds',
  usage:
    'baseline bounds MODEL VERSION [--name BASELINE] [--low 0.001] [--high 0.999] [--margin 0.5] [--apply [--by NAME]] [--config tidemark.yaml] [--json]',
  summary:
    'Bounds for the inputs and features of a model version by its newest baseline, or the one named: its quantiles low ' +
    'and high with a margin of the way between them on either side, and its categories. Printed as settings; with ' +
    '--apply set, beside the settings that are there.',
  async run(args) {
    const options = {
      ...PROJECT_OPTIONS,
      name: { type: 'string' },
      low: { type: 'string' },
      high: { type: 'string' },
      margin: { type: 'string' },
      by: { type: 'string' },
      apply: { type: 'boolean' },
      json: { type: 'boolean' },
    } as const;
    const { values, positionals } = readArguments(args, options, { min: 2, max: 2 }, this.usage);
    const rule = readRule(values, this.usage);
    const by = changedBy(values.by);
    return withVersion(values, positionals, async (open) => {
      const baseline = await findBaselineOf(open, positionals, values.name);
      const { bounds, leftOut } = boundsOfBaseline(baseline, rule);
      for (const { stage, field, reason } of leftOut) console.error(`without bounds: ${stage}/${field}: ${reason}`);
      checkSize({ bounds });
      if (values.apply !== true) {
        console.log(values.json === true ? JSON.stringify({ bounds }, null, 2) : settingsText({ bounds }));
        return 0;
      }
      const { revision } = await storeSettings(open, by, (current) => withBounds(current, bounds));
      const [model, version] = positionals;
      if (values.json === true) console.log(JSON.stringify({ model, version, revision, bounds }));
      else console.log(`settings of ${model} ${version} are at revision ${revision}: ${bounds.length} fields bounded`);
      return 0;
    });
  },
};

/** Every mistake of the three numbers at once. */
function readRule(values: { low?: string; high?: string; margin?: string }, usage: string): BoundsRule {
  const { low = '0.001', high = '0.999', margin = '0.5' } = values;
  const rule = { low: Number(low), high: Number(high), margin: Number(margin) };
  const mistakes: string[] = [];
  if (!(rule.low >= 0 && rule.low < 1)) mistakes.push(`--low: expected a number from 0 to below 1, got ${low}`);
  if (!(rule.high > 0 && rule.high <= 1)) mistakes.push(`--high: expected a number above 0, up to 1, got ${high}`);
  if (rule.low >= rule.high) mistakes.push(`--low: expected less than --high, got ${low} and ${high}`);
  if (!(rule.margin >= 0 && rule.margin < Infinity)) mistakes.push(`--margin: expected 0 or more, got ${margin}`);
  if (mistakes.length > 0) throw new CollectorError('USAGE', `${mistakes.join('\n')}\nusage: tidemark ${usage}`);
  return rule;
}

async function findBaselineOf(
  { database, projectId }: OpenProject,
  [model = '', version = '']: readonly string[],
  name?: string,
) {
  const baselines = (await listBaselines(database, projectId, model)).filter((one) => one.version === version);
  const found = baselines.find((one) => one.in_use && (name === undefined || one.name === name));
  if (found !== undefined) return loadBaseline(database, found);
  const what = name === undefined ? 'no baseline' : `no baseline named ${name}`;
  const known =
    baselines.length === 0 ? '' : `; there are ${[...new Set(baselines.map((one) => one.name))].join(', ')}`;
  throw new CollectorError('BASELINE_INVALID', `${model} ${version} has ${what}${known}`);
}

/** What is bounded anew, and whatever else is set. */
function withBounds(current: PlainModelSettings, bounds: readonly PlainBounds[]): PlainModelSettings {
  const others = current.bounds.filter((one) => !bounds.some((b) => b.stage === one.stage && b.field === one.field));
  const settings = { ...current, bounds: [...bounds, ...others] };
  checkSize(settings);
  return settings;
}

function checkSize(settings: PlainModelSettings): void {
  try {
    checkModelSettings(settings);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new CollectorError('SETTINGS_INVALID', `the bounds cannot be set: ${error.message}`, { cause: error });
  }
}

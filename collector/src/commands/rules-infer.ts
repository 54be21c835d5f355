import { inferRules } from '../alerting/infer/infer-rules.ts';
import { listBaselines, loadBaseline, loadBaselineWindows } from '../store/baselines.ts';
import { readArguments } from './arguments.ts';
import { chosenBaseline } from './chosen-baseline.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, withProject } from './open-store.ts';

export const rulesInfer: Command = {
  name: 'rules infer',
  usage:
    'rules infer BASELINE [--model NAME] [--version VERSION] [--revision N] [--project NAME] [--config tidemark.yaml]',
  summary:
    'Print a rule file to begin with: the usual rules for what a reference has, with thresholds by which its own windows are quiet.',
  async run(args) {
    const options = {
      ...PROJECT_OPTIONS,
      model: { type: 'string' },
      version: { type: 'string' },
      revision: { type: 'string' },
    } as const;
    const { values, positionals } = readArguments(args, options, { min: 1, max: 1 }, this.usage);
    return withProject(values, async ({ database, projectId }) => {
      const rows = await listBaselines(database, projectId, values.model ?? null);
      const row = chosenBaseline(rows, { ...values, name: positionals[0]! });
      const from = {
        baseline: await loadBaseline(database, row),
        windowMs: row.window_s === null ? null : row.window_s * 1_000,
        windowsOf: ({ stage, field }: { readonly stage: string; readonly field: string }) =>
          loadBaselineWindows(database, row.id, stage, field),
      };
      const told = (done: number, of: number) => console.error(`judged ${done} of ${of} fields`);
      console.log((await inferRules(from, process.stderr.isTTY === true ? told : () => undefined)).trimEnd());
      return 0;
    });
  },
};

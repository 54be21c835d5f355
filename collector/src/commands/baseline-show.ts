import { compareBaselines } from '../baseline/compare-baselines.ts';
import { listBaselines, loadBaseline } from '../store/baselines.ts';
import { readArguments } from './arguments.ts';
import { baselineJson, baselineText, seriesJson, titleOf } from './baseline-text.ts';
import { chosenBaseline } from './chosen-baseline.ts';
import type { Command } from './command.ts';
import { comparedJson, comparisonText } from './comparison-text.ts';
import { PROJECT_OPTIONS, withProject } from './open-store.ts';
import { terminalWidth } from './terminal-width.ts';

export const baselineShow: Command = {
  name: 'baseline show',
  usage:
    'baseline show NAME [--model NAME] [--version VERSION] [--revision N] [--against NAME [--against-version VERSION] ' +
    '[--against-revision N]] [--project NAME] [--config tidemark.yaml] [--json]',
  summary:
    'What a reference holds of each series, with its bins (whole in --json): of the newest version that has one of that ' +
    'name, and of its revision in use, unless others are named. With --against every score of it against another one.',
  async run(args) {
    const options = {
      ...PROJECT_OPTIONS,
      model: { type: 'string' },
      version: { type: 'string' },
      revision: { type: 'string' },
      against: { type: 'string' },
      'against-version': { type: 'string' },
      'against-revision': { type: 'string' },
      json: { type: 'boolean' },
    } as const;
    const { values, positionals } = readArguments(args, options, { min: 1, max: 1 }, this.usage);
    return withProject(values, async ({ database, projectId }) => {
      const rows = await listBaselines(database, projectId, values.model ?? null);
      const row = chosenBaseline(rows, { ...values, name: positionals[0]! });
      const baseline = await loadBaseline(database, row);
      const width = terminalWidth();
      if (values.against === undefined) {
        const series = [...baseline.series.values()].map(seriesJson);
        if (values.json === true) console.log(JSON.stringify({ ...baselineJson(row), series }, null, 2));
        else console.log(baselineText(row, baseline, width));
        return 0;
      }
      const ofModel = rows.filter(({ model }) => model === row.model);
      const { against: name, 'against-version': version, 'against-revision': revision } = values;
      const other = chosenBaseline(ofModel, { name, version, revision });
      const columns = compareBaselines(await loadBaseline(database, other), baseline);
      if (values.json === true) console.log(JSON.stringify({ columns: columns.map(comparedJson) }));
      else console.log(comparisonText(`${titleOf(row)}\nagainst ${titleOf(other)}`, columns, width));
      return 0;
    });
  },
};

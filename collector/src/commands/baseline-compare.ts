import { compareFiles } from '../baseline/compare-files.ts';
import { readFile } from '../baseline/read-file.ts';
import { CollectorError } from '../errors.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { comparedJson, comparisonText } from './comparison-text.ts';
import { showBar } from './show-bar.ts';
import { terminalWidth } from './terminal-width.ts';

export const baselineCompare: Command = {
  name: 'baseline compare',
  usage: 'baseline compare REF LIVE [--columns a,b] [--categories c,d] [--pairs a~b] [--exact] [--json]',
  summary:
    'Score two files (CSV, Parquet or JSON Lines in any mix) column by column, without a store: by the sketches a baseline ' +
    'has, or with --exact by all values. Bins lie where REF puts them. --pairs adds how two columns go together. Columns that cannot be compared are named; ' +
    'it has failed where none can.',
  async run(args) {
    const options = {
      columns: { type: 'string', multiple: true },
      categories: { type: 'string', multiple: true },
      pairs: { type: 'string', multiple: true },
      exact: { type: 'boolean' },
      json: { type: 'boolean' },
    } as const;
    const { values, positionals } = readArguments(args, options, { min: 2, max: 2 }, this.usage);
    const [columns, categories] = [namesIn(values.columns), namesIn(values.categories)];
    const pairs = namesIn(values.pairs);
    if (columns?.length === 0)
      throw new CollectorError('USAGE', `--columns: expected names, got none\nusage: tidemark ${this.usage}`);
    const bars = positionals.map((path) => showBar(path));
    try {
      const [reference, live] = [
        await readFile(positionals[0]!, bars[0]!.told),
        await readFile(positionals[1]!, bars[1]!.told),
      ];
      const comparison = await compareFiles(reference, live, { columns, categories, pairs, exact: values.exact });
      for (const bar of bars) bar.end();
      if (values.json === true) console.log(JSON.stringify({ columns: comparison.columns.map(comparedJson) }));
      else {
        const title = `REF has ${comparison.referenceRows} rows, LIVE ${comparison.liveRows}`;
        console.log(comparisonText(title, comparison.columns, terminalWidth()));
      }
      return comparison.columns.some(({ error }) => error === null) ? 0 : 1;
    } finally {
      for (const bar of bars) bar.end();
    }
  },
};

/** `a,b`, given once or more. */
function namesIn(lists: readonly string[] | undefined): string[] | undefined {
  return lists?.flatMap((list) => list.split(',').map((name) => name.trim())).filter((name) => name !== '');
}

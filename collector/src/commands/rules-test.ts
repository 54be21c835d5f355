import { loadRuleTests } from '../alerting/rule-test/load-rule-tests.ts';
import { mismatchText, runRuleTests } from '../alerting/rule-test/run-rule-tests.ts';
import { formatMistakes } from '../checked-yaml.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const rulesTest: Command = {
  name: 'rules test',
  usage: 'rules test FILE... [--json]',
  summary: 'Run tests of rule files: windows in, states of alerts out at given times.',
  async run(args) {
    const options = { json: { type: 'boolean' } } as const;
    const { values, positionals } = readArguments(args, options, { min: 1, max: 100 }, this.usage);
    const isJson = values.json === true;
    const results = [];
    for (const file of positionals) {
      const loaded = await loadRuleTests(file);
      if (!loaded.ok) {
        results.push({ file, tests: 0, mistakes: loaded.mistakes, mismatches: [] });
        if (!isJson) console.log(formatMistakes(loaded.mistakes));
        continue;
      }
      const mismatches = await runRuleTests(loaded);
      const tests = loaded.file.tests.length;
      const failed = new Set(mismatches.map(({ test }) => test)).size;
      results.push({ file, tests, mistakes: [], mismatches });
      if (isJson) continue;
      for (const mismatch of mismatches) console.log(mismatchText(file, mismatch));
      console.log(`${file}: ${tests - failed} of ${tests} tests pass`);
    }
    if (isJson) console.log(JSON.stringify({ files: results }, null, 2));
    return results.some(({ mistakes, mismatches }) => mistakes.length + mismatches.length > 0) ? 1 : 0;
  },
};

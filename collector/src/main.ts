#!/usr/bin/env node
import { baselineBounds } from './commands/baseline-bounds.ts';
import { baselineCompare } from './commands/baseline-compare.ts';
import { baselineCreate } from './commands/baseline-create.ts';
import { baselineList } from './commands/baseline-list.ts';
import { baselinePin } from './commands/baseline-pin.ts';
import { baselineShow } from './commands/baseline-show.ts';
import type { Command } from './commands/command.ts';
import { doctor } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { migrate } from './commands/migrate.ts';
import { modelsList } from './commands/models-list.ts';
import { modelsSet } from './commands/models-set.ts';
import { modelsSettings } from './commands/models-settings.ts';
import { projectCreate } from './commands/project-create.ts';
import { projectList } from './commands/project-list.ts';
import { projectRetention } from './commands/project-retention.ts';
import { rulesCheck } from './commands/rules-check.ts';
import { rulesInfer } from './commands/rules-infer.ts';
import { rulesReplay } from './commands/rules-replay.ts';
import { rulesTest } from './commands/rules-test.ts';
import { rulesTune } from './commands/rules-tune.ts';
import { serve } from './commands/serve.ts';
import { tokenCreate } from './commands/token-create.ts';
import { tokenList } from './commands/token-list.ts';
import { tokenRevoke } from './commands/token-revoke.ts';
import { CollectorError } from './errors.ts';
import { didYouMean } from './near-name.ts';

const COMMANDS: readonly Command[] = [
  serve,
  migrate,
  baselineCreate,
  baselineCompare,
  baselineList,
  baselineShow,
  baselinePin,
  baselineBounds,
  modelsList,
  modelsSettings,
  modelsSet,
  rulesCheck,
  rulesInfer,
  rulesReplay,
  rulesTest,
  rulesTune,
  projectCreate,
  projectList,
  projectRetention,
  tokenCreate,
  tokenList,
  tokenRevoke,
  exportCommand,
  importCommand,
  doctor,
];
const OK = 0;
const FAILED = 1;
const WRONG_USE = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  if (args.length === 0 || args[0] === 'help' || args.includes('--help')) {
    console.log(helpText());
    return args.length === 0 ? WRONG_USE : OK;
  }
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, i) => args[i] === word));
  if (command === undefined) {
    const asked = args.slice(0, 2).join(' ');
    const hint = didYouMean(
      asked,
      COMMANDS.map(({ name }) => name),
    );
    console.error(`there is no command ${asked}${hint}\n${helpText()}`);
    return WRONG_USE;
  }
  try {
    return await command.run(args.slice(command.name.split(' ').length));
  } catch (error) {
    // What was foreseen is explained; for anything else the stack is what helps.
    console.error(error instanceof CollectorError ? `tidemark: ${error.message}` : error);
    return error instanceof CollectorError && error.code === 'USAGE' ? WRONG_USE : FAILED;
  }
}

function helpText(): string {
  const lines = COMMANDS.map(({ usage, summary }) => `  tidemark ${usage}\n      ${summary}`);
  return ['usage:', ...lines, '', 'exit codes: 0 ok, 1 failed, 2 wrong use'].join('\n');
}

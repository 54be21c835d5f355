import { CollectorError } from '../errors.ts';
import { didYouMean } from '../near-name.ts';
import { baselineBounds } from './baseline-bounds.ts';
import { baselineCompare } from './baseline-compare.ts';
import { baselineCreate } from './baseline-create.ts';
import { baselineList } from './baseline-list.ts';
import { baselinePin } from './baseline-pin.ts';
import { baselineShow } from './baseline-show.ts';
import type { Command } from './command.ts';
import { doctor } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { migrate } from './migrate.ts';
import { modelsList } from './models-list.ts';
import { modelsSet } from './models-set.ts';
import { modelsSettings } from './models-settings.ts';
import { projectCreate } from './project-create.ts';
import { projectList } from './project-list.ts';
import { projectRetention } from './project-retention.ts';
import { rulesCheck } from './rules-check.ts';
import { rulesInfer } from './rules-infer.ts';
import { rulesReplay } from './rules-replay.ts';
import { rulesTest } from './rules-test.ts';
import { rulesTune } from './rules-tune.ts';
import { serve } from './serve.ts';
import { tokenCreate } from './token-create.ts';
import { tokenList } from './token-list.ts';
import { tokenRevoke } from './token-revoke.ts';

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

/** Runs the command that `args` begin with, the words after `tidemark`, and explains what was wrong. @returns the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
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

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { mock } from 'node:test';
import { format } from 'node:util';
import type { Command } from '../../../collector/src/commands/command.ts';
import { runCommand } from '../../../collector/src/commands/run-command.ts';
import { type Ended, environment, type Settings } from './program.ts';

/**
 * Runs a command in this process, which spares a program of its own: for what it does, not for how the program ends.
 * Rejects with what the command throws. One at a time.
 */
export async function inProcess(
  command: Command,
  args: readonly string[],
  settings: Settings = {},
): Promise<{ readonly code: number; readonly stdout: string }> {
  const { code, stdout } = await captured(() => command.run([...args]), settings, process.cwd());
  return { code, stdout };
}

/** Runs one command as the program does, in `cwd` but in this process; what is logged is not among what it says. One at a time. */
export function tidemarkHere(args: readonly string[], settings: Settings = {}, cwd = tmpdir()): Promise<Ended> {
  return captured(() => runCommand(args), settings, cwd);
}

let isRunning = false;

async function captured(
  run: () => Promise<number>,
  settings: Settings,
  cwd: string,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  assert.equal(isRunning, false, 'one at a time: environment, directory and console are of the process');
  isRunning = true;
  const before = { env: process.env, cwd: process.cwd() };
  process.env = environment(settings);
  process.chdir(cwd);
  const [out, err] = [mock.method(console, 'log', () => undefined), mock.method(console, 'error', () => undefined)];
  const textOf = ({ mock }: typeof out) => mock.calls.map((call) => `${format(...call.arguments)}\n`).join('');
  try {
    const code = await run();
    return { code, stdout: textOf(out), stderr: textOf(err) };
  } finally {
    out.mock.restore();
    err.mock.restore();
    process.chdir(before.cwd);
    process.env = before.env;
    isRunning = false;
  }
}

import assert from 'node:assert/strict';
import fs from 'node:fs';
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

/** Runs one command as the program does, in `cwd` but in this process. One at a time. */
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
  let stderr = '';
  const take = (text: string) => {
    stderr += text;
    return true;
  };
  const { writeSync } = fs;
  // The log writes to the descriptor itself.
  const writeLog = (fd: number, text: string, ...rest: [position?: number | null, encoding?: BufferEncoding]) => {
    if (fd !== process.stderr.fd) return writeSync(fd, text, ...rest);
    take(text);
    return Buffer.byteLength(text);
  };
  const mocks = [mock.method(process.stderr, 'write', take), mock.method(fs, 'writeSync', writeLog)];
  const out = mock.method(console, 'log', () => undefined);
  try {
    const code = await run();
    const stdout = out.mock.calls.map((call) => `${format(...call.arguments)}\n`).join('');
    return { code, stdout, stderr };
  } finally {
    for (const { mock } of [...mocks, out]) mock.restore();
    process.chdir(before.cwd);
    process.env = before.env;
    isRunning = false;
  }
}

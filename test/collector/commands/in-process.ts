import { mock } from 'node:test';
import type { Command } from '../../../collector/src/commands/command.ts';
import type { Settings } from './program.ts';

/**
 * Runs a command in this process, which spares a program of its own: for what it does, not for how the program ends.
 * Rejects with what the command throws. One at a time.
 */
export async function inProcess(
  command: Command,
  args: readonly string[],
  settings: Settings = {},
): Promise<{ readonly code: number; readonly stdout: string }> {
  const before = process.env;
  process.env = { ...before, ...settings };
  const log = mock.method(console, 'log', () => undefined);
  try {
    const code = await command.run([...args]);
    return { code, stdout: log.mock.calls.map((call) => `${call.arguments[0]}\n`).join('') };
  } finally {
    log.mock.restore();
    process.env = before;
  }
}

import { readFile } from 'node:fs/promises';

// Clock ticks in /proc are hundredths of a second for programs, on every Linux (proc(5), sysconf(_SC_CLK_TCK)).
const TICK_MS = 10;
// /proc tells the boot time in whole seconds.
const SLACK_MS = 2_000;

/**
 * Whether process `pid` still runs and is the one that was there at `sinceMs` (milliseconds since the epoch), as far
 * as this machine can tell: numbers of processes are used again.
 */
export async function isProcessAlive(pid: number, sinceMs: number): Promise<boolean> {
  // In a container every run has the same number.
  if (pid === process.pid) return sinceMs >= Date.now() - process.uptime() * 1_000;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // There, but of another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    const [stat, system] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/stat', 'utf8')]);
    // The name in front may hold anything, brackets too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const bootMs = Number(/^btime (\d+)$/m.exec(system)?.[1]) * 1_000;
    const startedMs = bootMs + Number(fields[19]) * TICK_MS;
    const isZombie = fields[0] === 'Z' || fields[0] === 'X';
    return !isZombie && !(startedMs > sinceMs + SLACK_MS);
  } catch {
    // It has just gone, or /proc is not to be read: the first answer stands until somebody asks again.
    return true;
  }
}

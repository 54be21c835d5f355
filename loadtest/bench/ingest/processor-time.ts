import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Ticks of utime and stime in /proc/PID/stat, proc(5): 100 a second on every Linux that Node runs on. */
const TICK_MS = 10;

/** Processor time that a process has used so far, all its threads, in ms; null where the system does not say or it has ended. */
export function processorMs(pid: number): number | null {
  const fields = statOf(pid);
  // State is field 3, utime 14, stime 15.
  return fields === null ? null : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The same of a process and all its children, of the ended ones too. */
export function familyMs(parent: number): number | null {
  const fields = statOf(parent);
  if (fields === null) return null;
  const ended = (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  const children = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && statOf(Number(name))?.[1] === String(parent),
  );
  return children.reduce((sum, pid) => sum + (processorMs(Number(pid)) ?? 0), ended + (processorMs(parent) ?? 0));
}

/** The fields from the third on: the second, the name, may hold anything. */
function statOf(pid: number): string[] | null {
  const file = `/proc/${pid}/stat`;
  try {
    return existsSync(file) ? readFileSync(file, 'utf8').split(') ').at(-1)!.split(' ') : null;
  } catch {
    return null;
  }
}

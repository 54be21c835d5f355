/** Characters in a line where no terminal says how wide it is. */
const WIDTH = 120;

/** Characters that fit in a line of standard output. A terminal that does not know its width says 0. */
export function terminalWidth(): number {
  return process.stdout.columns || WIDTH;
}

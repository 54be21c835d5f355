/** What the command line asks for. */
export type Arguments = {
  /** Benches to run, in this order. */
  readonly names: readonly string[];
  readonly json: boolean;
  /** A fast look at whether the harness works; its numbers mean nothing and are not kept. */
  readonly quick: boolean;
  /** Print the newest results into the README instead of running. */
  readonly readme: boolean;
  /** Measure these cases only; such results are partial and are not kept. */
  readonly only: readonly string[] | null;
};

/** The arguments, or what is wrong with them; without a name all benches are meant. */
export function parseArguments(args: readonly string[], known: readonly string[]): Arguments | { mistake: string } {
  const names: string[] = [];
  const flags = new Set<string>();
  let only: string[] | null = null;
  for (const arg of args) {
    if (arg === '--json' || arg === '--quick' || arg === '--readme') flags.add(arg);
    else if (arg.startsWith('--only=')) only = arg.slice('--only='.length).split(',');
    else if (arg.startsWith('-'))
      return { mistake: `unknown option ${arg}; there are --json, --quick, --readme, --only=a,b` };
    else if (known.includes(arg)) names.push(arg);
    else return { mistake: `unknown bench '${arg}'; there are: ${known.join(', ')}` };
  }
  return {
    names: names.length === 0 ? known : names,
    json: flags.has('--json'),
    quick: flags.has('--quick'),
    readme: flags.has('--readme'),
    only,
  };
}

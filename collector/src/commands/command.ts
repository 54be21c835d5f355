/** A command of `tidemark`: what it is called, what it says of itself, and what it does. */
export type Command = {
  /** Words after `tidemark`, such as `baseline create`. */
  readonly name: string;
  /** How it is called, without the program's name. */
  readonly usage: string;
  readonly summary: string;
  /** Does it. @returns the exit code. @throws CollectorError, which becomes exit code 1, or 2 for USAGE. */
  run(args: string[]): Promise<number>;
};

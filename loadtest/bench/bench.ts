import type { Gate } from './budget.ts';

/** How a bench is to run. */
export type BenchOptions = {
  readonly quick: boolean;
  /** Names of the cases to measure, null for all. */
  readonly only: readonly string[] | null;
  /** Told now and then what is being measured. */
  readonly progress: (step: string) => void;
};

/** What a bench found. */
export type Outcome = {
  readonly gates: readonly Gate[];
  /** For people. */
  readonly text: string;
  /** Everything worth keeping, as JSON. */
  readonly record: object;
};

/** One bench, as it stands in the table of benches. */
export type Bench = {
  /** Throws WrongUse for a name in `only` that it does not have. */
  run(options: BenchOptions): Promise<Outcome>;
  /** Prints a kept result into the README it belongs to. Throws WrongUse if that has no place for it. @returns its name. */
  readonly writeReadme?: (result: unknown) => string;
};

/** The user asked for what there is not; the message says what to do. */
export class WrongUse extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongUse';
  }
}

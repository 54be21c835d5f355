import type { DatabaseKind } from './stage.ts';

/** How a scenario is to run. */
export type ScenarioOptions = {
  readonly seed: number;
  readonly agents: number;
  readonly database: DatabaseKind;
  /** How long it goes on, in seconds; what that means is the scenario's. */
  readonly seconds: number;
  /** Told now and then what is going on. */
  readonly progress: (step: string) => void;
};

/** One thing that had to hold. */
export type Check = { readonly what: string; readonly value: number | string; readonly pass: boolean };

/** What came of a scenario: what was measured, and what had to hold. */
export type ScenarioResult = {
  readonly figures: Readonly<Record<string, number | string | null>>;
  readonly checks: readonly Check[];
};

/** One scenario, as it stands in the table of scenarios. */
export type Scenario = {
  /** For people: what happens and what has to hold. */
  readonly what: string;
  /** Stores that it can run on, the one it runs on by itself first. */
  readonly databases: readonly DatabaseKind[];
  readonly agents: number;
  readonly seconds: number;
  run(options: ScenarioOptions): Promise<ScenarioResult>;
};

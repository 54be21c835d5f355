import type { PreparedWindow, SeriesCount } from './prepared-windows.ts';
import type { FleetShape } from './shape.ts';

/** Rows of one window of a model (its place in the shape) that travel as one. */
export type Delta = { readonly model: number; readonly start: number; readonly rows: number };

type Account = {
  captured: number;
  acknowledged: number;
  readonly refused: Map<string, number>;
  readonly series: { valid: number; missing: number; sum: number }[];
};

/** What a store must hold: rows by model version, counts and sums by series. */
export type Expected = {
  readonly rows: ReadonlyMap<string, number>;
  readonly series: ReadonlyMap<string, SeriesCount>;
};

export const versionName = (model: string, version: string): string => `${model}@${version}`;
export const seriesName = (version: string, stage: string, field: string): string => `${version} ${stage}/${field}`;

/**
 * Exact books of a fleet: every row was captured, and is acknowledged, refused by name, or still pending. Against them the
 * store is held to the row.
 */
export class Ledger {
  readonly #shape: FleetShape;
  readonly #accounts: readonly Account[];

  constructor(shape: FleetShape) {
    this.#shape = shape;
    this.#accounts = shape.models.map(({ series }) => {
      return {
        captured: 0,
        acknowledged: 0,
        refused: new Map(),
        series: series.map(() => ({ valid: 0, missing: 0, sum: 0 })),
      };
    });
  }

  /** An agent has seen so many rows. */
  capture(model: number, rows: number): void {
    this.#of(model).captured += rows;
  }

  /** A receipt says that the delta is in the store. */
  acknowledge({ model, rows }: Delta, { counts }: PreparedWindow): void {
    const account = this.#of(model);
    account.acknowledged += rows;
    counts.forEach(({ valid, missing, sum }, i) => {
      const series = account.series[i] as Account['series'][number];
      series.valid += valid;
      series.missing += missing;
      series.sum += sum;
    });
  }

  /** A receipt says that the delta will never be in the store, and why. */
  refuse({ model, rows }: Delta, code: string): void {
    const { refused } = this.#of(model);
    refused.set(code, (refused.get(code) ?? 0) + rows);
  }

  /** Rows of all models together. captured = acknowledged + refused + pending. */
  get totals(): { captured: number; acknowledged: number; refused: Record<string, number>; pending: number } {
    const refused: Record<string, number> = {};
    let [captured, acknowledged, gone] = [0, 0, 0];
    for (const account of this.#accounts) {
      captured += account.captured;
      acknowledged += account.acknowledged;
      for (const [code, rows] of account.refused) {
        refused[code] = (refused[code] ?? 0) + rows;
        gone += rows;
      }
    }
    return { captured, acknowledged, refused, pending: captured - acknowledged - gone };
  }

  /** What the store must hold of what was acknowledged. */
  expected(): Expected {
    const rows = new Map<string, number>();
    const series = new Map<string, SeriesCount>();
    this.#accounts.forEach((account, i) => {
      const shape = this.#shape.models[i] as FleetShape['models'][number];
      if (account.acknowledged === 0) return;
      const version = versionName(shape.model, shape.version);
      rows.set(version, account.acknowledged);
      shape.series.forEach(({ stage, field }, j) => {
        series.set(seriesName(version, stage, field), { ...(account.series[j] as SeriesCount) });
      });
    });
    return { rows, series };
  }

  #of(model: number): Account {
    const account = this.#accounts[model];
    if (account === undefined) throw new RangeError(`there is no model ${model} in the fleet's shape`);
    return account;
  }
}

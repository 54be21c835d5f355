import type { Effort } from './effort.ts';
import { type Fired, firedIn, tabularRules } from './fired.ts';
import { madeModel, START } from './fleet.ts';

/** What was told of fields that do not drift. */
export type Undrifted = {
  readonly fields: number;
  readonly days: number;
  readonly pages: readonly Fired[];
};

/** Judges models that do not drift, one after the other. */
export async function undrifted(effort: Effort, told: (step: string) => void): Promise<Undrifted> {
  const rules = tabularRules();
  const pages: Fired[] = [];
  let fields = 0;
  for (let number = 0; number < effort.models; number++) {
    told(`undrifted: model ${number + 1} of ${effort.models}`);
    const stream = madeModel(number, effort)();
    fields += stream.fields.length;
    pages.push(...(await firedIn([stream], rules, START, START + effort.days * 24)));
  }
  return { fields, days: effort.days, pages };
}

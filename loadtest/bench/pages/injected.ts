import { ChanceHere } from '../../../collector/src/chance/chance-here.ts';
import { randomOf } from '../../../collector/src/drift/random.ts';
import type { Effort } from './effort.ts';
import { FAULTS, type Fault } from './fault-kinds.ts';
import { type Fired, firedIn, tabularRules } from './fired.ts';
import { madeModel, START } from './fleet.ts';

/** What came of one fault. */
export type Injected = {
  readonly kind: string;
  readonly how: string;
  readonly expected: string;
  /** Windows from its beginning until the right rule had fired for every field that it is in; null where it did not. */
  readonly windows: number | null;
  /** Other rules that fired for fields that are in it, or for its model. */
  readonly beside: readonly string[];
  /** Alerts of fields that have nothing to do with it. */
  readonly wrong: readonly Fired[];
};

/** Windows within which a fault is to be named. */
export const WITHIN = 2;
/** Windows that are judged before a fault begins, and from then on. */
const BEFORE = 6;
const AFTER = 4;

/** Lets things go wrong, one at a time, at seeded hours of the month. */
export async function injected(
  effort: Effort,
  told: (step: string) => void,
  all: readonly Fault[] = FAULTS,
): Promise<Injected[]> {
  const rules = tabularRules();
  const byKind = Map.groupBy(all, ({ kind }) => kind);
  const models = Array.from({ length: Math.min(3, effort.models) }, (_, number) => madeModel(number, effort));
  const chance = new ChanceHere();
  const found: Injected[] = [];
  for (const [kind, faults] of byKind) {
    told(`faults: ${kind}`);
    for (const [i, fault] of faults.slice(0, effort.faultsOfKind).entries()) {
      const random = randomOf(`${kind}/${i}`);
      const hours = Math.max(1, effort.days * 24 - BEFORE - AFTER);
      const from = START + BEFORE + Math.floor(hours * random.uniform());
      const stream = models[i % models.length]!(fault.change(from));
      const fired = await firedIn([stream], rules, from - BEFORE, from + AFTER, chance);
      found.push(cameOf(fault, from, fired));
    }
  }
  return found;
}

function cameOf(fault: Fault, from: number, fired: readonly Fired[]): Injected {
  const isIn = ({ field }: Fired) => fault.fields.length === 0 || (field !== null && fault.fields.includes(field));
  const after = fired.filter(({ tick }) => tick > from);
  const right = (fault.fields.length === 0 ? [null] : fault.fields).map((field) =>
    after.find((one) => one.alert === fault.alert && one.field === field),
  );
  const last = Math.max(...right.map((one) => (one === undefined ? Number.POSITIVE_INFINITY : one.tick - from)));
  return {
    kind: fault.kind,
    how: fault.how,
    expected: fault.alert,
    windows: Number.isFinite(last) ? last : null,
    beside: [...new Set(after.filter((one) => isIn(one) && one.alert !== fault.alert).map(({ alert }) => alert))],
    wrong: fired.filter((one) => !isIn(one) || one.tick <= from),
  };
}

import {
  type ChangeOfColumn,
  missing,
  plus,
  renamed,
  sometimes,
  spread,
  stuck,
  times,
  wrong,
} from './column-changes.ts';
import type { Change } from './fleet.ts';

/** One thing that goes wrong, what ought to be said of it, and how it is done from the hour `from` on. */
export type Fault = {
  readonly kind: string;
  /** In words. */
  readonly how: string;
  /** The rule that ought to fire, and for which fields; for the whole model where there are none. */
  readonly alert: string;
  readonly fields: readonly string[];
  readonly change: (from: number) => Change;
};

/** Fourteen kinds of faults, three of each. */
export const FAULTS: readonly Fault[] = [
  ...ofFields('missing values', 'ValuesMissing', [
    ['normal', '20 % missing', missing(0.2)],
    ['Zipf, k 50', '50 % missing', missing(0.5)],
    ['normal, 30 % missing', '20 % more missing', missing(0.2)],
  ]),
  ...ofFields('wrong type', 'WrongType', [
    ['uniform', '3 % of another type', wrong(0.03)],
    ['Zipf, k 2', '10 % of another type', wrong(0.1)],
    ['few values', 'all of another type', wrong(1)],
  ]),
  ...ofFields('unit', 'ValuesOutOfRange', [
    ['normal', 'times 100', times(100)],
    ['exponential', 'times 100', times(100)],
    ['65 % zero', 'times 1000', times(1000)],
  ]),
  swapped(['normal', 'uniform']),
  swapped(['exponential', 'two humps']),
  swapped(['Zipf, k 50', 'even, k 50']),
  ...ofFields('stuck', 'FieldStuck', [
    ['normal', 'one value', stuck],
    ['two humps', 'one value', stuck],
    ['Zipf, k 50', 'one value', stuck],
  ]),
  ...ofFields('range', 'ValuesOutOfRange', [
    ['uniform', '5 % are -999', sometimes(0.05, -999)],
    ['lognormal', '10 % are 1e9', sometimes(0.1, 1e9)],
    ['by user', 'a third is 100', sometimes(1 / 3, 100)],
  ]),
  ...ofFields('new category', 'NewCategories', [
    ['Zipf, k 2', '10 % are new', renamed(0.1, () => 'new')],
    ['Zipf, k 50', '20 % are of five new ones', renamed(0.2, (random) => `new-${Math.floor(5 * random.uniform())}`)],
    ['Zipf, k 1000', '20 % are new', renamed(0.2, () => 'new')],
  ]),
  ...ofFields('categories explode', 'CategoriesScattered', [
    ['Zipf, k 2', 'every value is an id', renamed(1, (random) => `id-${random.uniform()}`)],
    ['Zipf, k 50', 'every value is an id', renamed(1, (random) => `id-${random.uniform()}`)],
    ['Zipf, k 1000', 'every value is an id', renamed(1, (random) => `id-${random.uniform()}`)],
  ]),
  ...ofFields('mean', 'DistributionMoved', [
    ['normal', '0.5 deviations up', plus(6)],
    ['two humps', '1 deviation up', plus(3.1)],
    ['AR(1), phi 0.9', '1 deviation down', plus(-1)],
  ]),
  ...ofFields('spread', 'DistributionMoved', [
    ['normal', '3 times as wide', spread(3, 40)],
    ['uniform', 'a third as wide', spread(1 / 3, 0.5)],
    ['by user', '3 times as wide', spread(3, 0)],
  ]),
  ...ofModel('traffic', 'TrafficFell', [
    ['stops', (from) => ({ from, rows: () => 0 })],
    ['a tenth is left', (from) => ({ from, rows: (rows) => Math.round(rows / 10) })],
    ['a quarter is left', (from) => ({ from, rows: (rows) => Math.round(rows / 4) })],
  ]),
  ...ofModel('errors', 'CallsFail', [
    ['10 % of calls', (from) => ({ from, errors: (rows) => Math.round(rows / 10) })],
    ['half of the calls', (from) => ({ from, errors: (rows) => Math.round(rows / 2) })],
    ['all calls', (from) => ({ from, errors: (rows) => rows })],
  ]),
  ...ofFields('latency', 'CallsSlow', [
    ['total', 'twice as long', times(2)],
    ['total', '3 times as long', times(3)],
    ['total', '20 % take 5 seconds', sometimes(0.2, 5000)],
  ]),
  ...ofFields('confidence', 'ConfidenceFell', [
    ['value', '0.15 lower', plus(-0.15)],
    ['value', 'half of it', times(0.5)],
    ['value', 'a third is 0', sometimes(1 / 3, 0)],
  ]),
];

function ofFields(kind: string, alert: string, all: readonly (readonly [string, string, ChangeOfColumn])[]): Fault[] {
  return all.map(([name, how, changed]) => ({
    kind,
    how: `${name}: ${how}`,
    alert,
    fields: [name],
    change: (from) => ({
      from,
      column: (field, draw, random) => (field === name ? changed(draw(field), random) : draw(field)),
    }),
  }));
}

function ofModel(kind: string, alert: string, all: readonly (readonly [string, Fault['change']])[]): Fault[] {
  return all.map(([how, change]) => ({ kind, how, alert, fields: [], change }));
}

function swapped(pair: readonly [string, string]): Fault {
  const [one, other] = pair;
  return {
    kind: 'swapped columns',
    how: `${one} and ${other}`,
    alert: 'DistributionMoved',
    fields: pair,
    change: (from) => ({
      from,
      column: (field, draw) => draw(field === one ? other : field === other ? one : field),
    }),
  };
}

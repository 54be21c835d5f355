import { type Mistake, show } from './errors.ts';
import { isName } from './names.ts';

/** Two fields that come together, named as columns of baseline files are: a feature by its name, others as `prediction.value`. */
export type PairOption = readonly [string, string];

/** A declared pair: what its series is called, and the fields it is of. */
export type PairSpec = {
  readonly name: string;
  readonly of: readonly { readonly stage: string; readonly field: string }[];
};

/** Stage of the series of pairs. */
export const PAIR_STAGE = 'step:pair';

/** Pairs of one model version. */
export const MAX_PAIRS = 50;

/** Stages that a field of a pair can be of; a step is a call of its own, and an outcome comes later. */
const PAIRED_STAGES: readonly string[] = ['input', 'feature', 'prediction', 'confidence'];

/** Checks a list of pairs; adds every mistake under `path`. */
export function checkPairs(pairs: readonly unknown[], path: string, mistakes: Mistake[]): void {
  const seen = new Set<string>();
  for (const [i, pair] of pairs.entries()) {
    const option = `${path}[${i}]`;
    if (!isPair(pair)) {
      const expected = "two different fields without ~ in their names, such as ['distance', 'prediction.value']";
      mistakes.push({ option, expected, got: show(pair) });
      continue;
    }
    const { name } = pairOf(pair);
    if (!isName(name)) mistakes.push({ option, expected: 'names of at most 127 bytes together', got: name });
    const key = [...pair].sort().join();
    if (seen.has(key)) mistakes.push({ option, expected: 'each pair once', got: `${name} again` });
    seen.add(key);
  }
}

function isPair(pair: unknown): pair is PairOption {
  if (!Array.isArray(pair) || pair.length !== 2 || pair[0] === pair[1]) return false;
  return pair.every((name) => isName(name) && !name.includes('~'));
}

/** What a declared pair is of: names as columns of baseline files have them. */
export function pairOf([one, other]: PairOption): PairSpec {
  return { name: `${one}~${other}`, of: [placeOf(one), placeOf(other)] };
}

function placeOf(name: string): PairSpec['of'][number] {
  const dot = name.indexOf('.');
  const [stage, field] = [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
  return PAIRED_STAGES.includes(stage) && field !== '' ? { stage, field } : { stage: 'feature', field: name };
}

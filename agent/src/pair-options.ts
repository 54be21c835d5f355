import { type Mistake, show } from './errors.ts';
import { isName, isStage } from './names.ts';

/** Two fields that come together, named as columns of baseline files are: a feature by its name, others as `prediction.value`. */
export type PairOption = readonly [string, string];

/** One field of a pair. */
export type PairPlace = { readonly stage: string; readonly field: string };

/** A declared pair: what its series is called, and the fields it is of. */
export type PairSpec = { readonly name: string; readonly of: readonly [PairPlace, PairPlace] };

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
    const { name, of } = pairOf(pair);
    if (!isName(name)) mistakes.push({ option, expected: 'names of at most 127 bytes together', got: name });
    for (const one of pair) {
      const stage = one.slice(0, Math.max(0, one.indexOf('.')));
      if (!isStage(stage) || PAIRED_STAGES.includes(stage)) continue;
      mistakes.push({ option, expected: `fields of the stages ${PAIRED_STAGES.join(', ')}`, got: one });
    }
    const key = of.map(keyOf).sort().join(' ');
    if (seen.has(key)) mistakes.push({ option, expected: 'each pair once', got: `${name} again` });
    seen.add(key);
  }
}

function isPair(pair: unknown): pair is PairOption {
  if (!Array.isArray(pair) || pair.length !== 2) return false;
  if (!pair.every((name) => isName(name) && !name.includes('~'))) return false;
  return keyOf(placeOf(pair[0])) !== keyOf(placeOf(pair[1]));
}

/** What a declared pair is of. */
export function pairOf([one, other]: PairOption): PairSpec {
  return { name: `${one}~${other}`, of: [placeOf(one), placeOf(other)] };
}

function placeOf(name: string): PairPlace {
  const dot = name.indexOf('.');
  const [stage, field] = [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
  return PAIRED_STAGES.includes(stage) && field !== '' ? { stage, field } : { stage: 'feature', field: name };
}

function keyOf({ stage, field }: PairPlace): string {
  return JSON.stringify([stage, field]);
}

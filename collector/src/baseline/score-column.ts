import { exactDecileCuts, exactShares, makeBins } from '../drift/bins.ts';
import { MEASURES } from '../drift/index.ts';
import { exactKs } from '../drift/ks.ts';
import { exactCategoryPsi, psi } from '../drift/psi.ts';
import type { ReadColumn } from './read-columns.ts';

/** Every score of a column, by name: of its raw values where both sides have them, else of the sketches. Bins lie where the reference puts them. */
export function scoreColumn(reference: ReadColumn, live: ReadColumn): Record<string, number> {
  const [before, now] = [reference.raw, live.raw];
  if (before?.kind === 'category' && now?.kind === 'category')
    return { psi: exactCategoryPsi(before.counts, now.counts) };
  if (before?.kind === 'number' && now?.kind === 'number') {
    const [p, q] = [before.numbers.sort(), now.numbers.sort()];
    const cuts = exactDecileCuts(p);
    return { psi: psi(exactShares(cuts, p)!, exactShares(cuts, q)!), ks: exactKs(p, q) };
  }
  const input = { live: live.summary, reference: reference.summary, bins: makeBins(reference.summary) };
  const scores: Record<string, number> = { psi: MEASURES.psi.score(input) };
  if (live.summary.kind === 'number') scores.ks = MEASURES.ks.score(input);
  return scores;
}

import { LIMITS, type PlainBounds } from '@tidemark/proto';
import type { Summary } from '@tidemark/sketch';
import type { Baseline, BaselineSeries } from './baseline.ts';

/** How wide bounds are: two quantiles (0 to 1), and how much of the way between them is added on either side. */
export type BoundsRule = { readonly low: number; readonly high: number; readonly margin: number };

/** Bounds for the fields of a baseline, and those fields that have none, with the reason. */
export type DerivedBounds = {
  readonly bounds: readonly PlainBounds[];
  readonly leftOut: readonly { readonly stage: string; readonly field: string; readonly reason: string }[];
};

/** What a guard can hold values against before the model is asked. */
const GUARDED = ['input', 'feature'];

/**
 * Bounds that what goes into a model can be held against, by what went into it in the baseline: for numbers the quantiles
 * and a margin, for categories those that occurred.
 */
export function boundsOfBaseline(baseline: Baseline, rule: BoundsRule): DerivedBounds {
  const bounds: PlainBounds[] = [];
  const leftOut: { stage: string; field: string; reason: string }[] = [];
  for (const one of [...baseline.series.values()].sort(byName)) {
    const { stage, field, summary } = one;
    if (!GUARDED.includes(stage)) continue;
    const derived = boundsOf(summary, rule);
    if (typeof derived === 'string') leftOut.push({ stage, field, reason: derived });
    else bounds.push({ stage, field, ...derived });
  }
  return { bounds, leftOut };
}

function byName(a: BaselineSeries, b: BaselineSeries): number {
  const [one, other] = [`${a.stage}/${a.field}`, `${b.stage}/${b.field}`];
  return one < other ? -1 : Number(one > other);
}

function boundsOf(summary: Summary, rule: BoundsRule): Pick<PlainBounds, 'min' | 'max' | 'values'> | string {
  if (summary.kinds.valid === 0) return 'the baseline has no values of it';
  switch (summary.kind) {
    case 'number':
      return numberBounds(summary, rule);
    case 'category':
      return categoryBounds(summary);
    case 'vector':
      return 'vectors have no bounds';
    case 'pair':
      return 'pairs have no bounds';
  }
}

function numberBounds({ digest }: Summary, { low, high, margin }: BoundsRule): { min: number; max: number } | string {
  const [from, to] = digest.quantiles([low, high]) as [number, number];
  // Where nearly all values are one, quantiles know of no others: then what was seen bounds what may come.
  if (from === to) return { min: digest.min, max: digest.max };
  const room = margin * (to - from);
  const bounds = { min: from - room, max: to + room };
  return Number.isFinite(bounds.min) && Number.isFinite(bounds.max) ? bounds : 'its values are too far apart';
}

function categoryBounds({ categories }: Summary): { values: string[] } | string {
  if (!categories.exact || categories.size > LIMITS.maxBounds) {
    return `it has more categories (about ${Math.round(categories.distinct)}) than are listed`;
  }
  return { values: categories.entries().map(({ key }) => key) };
}

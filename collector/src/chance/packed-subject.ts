import { setImmediate } from 'node:timers/promises';
import {
  BASELINE_SIZE_RULE,
  Categories,
  Digest,
  Kinds,
  Moments,
  PairMoments,
  type SeriesKind,
  Summary,
} from '@tidemark/sketch';
import type { BaselineWindow } from '../baseline/baseline.ts';
import type { Bins } from '../drift/bins.ts';
import { MEASURES, type MeasureName } from '../drift/index.ts';
import { oriented, type Side } from '../drift/side.ts';
import type { Reference } from '../drift/simulated-null.ts';
import type { WindowScore } from '../drift/time-slots.ts';
import { messageOf } from '../errors.ts';
import { type ChanceSubject, ChanceUnknown, type Precision } from './chance.ts';

/**
 * A subject as plain data, which can go to another thread. Packing rounds what a digest holds a little, so it is packed also where it
 * stays: the nulls are the same to the bit wherever they are drawn.
 */
export type PackedSubject = {
  readonly seed: string;
  readonly measure: MeasureName;
  readonly side: Side;
  readonly precision: Precision;
  readonly kind: SeriesKind;
  readonly kinds: Readonly<Record<string, number>>;
  readonly digest: Uint8Array | null;
  /** Of numbers, or of pairs. */
  readonly moments: Uint8Array | null;
  readonly categories: Uint8Array | null;
  readonly bins: Bins;
  readonly windows: readonly WindowScore[];
};

/** Windows scored without letting others have their turn; one takes 0.02 to 0.15 ms. */
const SCORED_AT_ONCE = 50;

/** Scores the windows of the baseline and packs all that nulls are drawn from. Not for vectors. @throws {ChanceUnknown} where they cannot be scored. */
export async function packSubject(subject: ChanceSubject): Promise<PackedSubject> {
  const { seed, measure: name, side, precision } = subject;
  const { summary, kind, bins } = subject.reference;
  const windows = await scored(subject, await subject.windows());
  const isFilled = summary.kinds.valid > 0;
  return {
    seed,
    measure: name,
    side,
    precision,
    kind,
    kinds: { ...summary.kinds },
    digest: isFilled && kind === 'number' ? summary.digest.toBytes() : null,
    moments: isFilled ? momentsOf(summary) : null,
    categories: isFilled && kind === 'category' ? summary.categories.toBytes() : null,
    bins,
    windows,
  };
}

async function scored(
  { measure: name, side, reference }: ChanceSubject,
  windows: readonly BaselineWindow[],
): Promise<WindowScore[]> {
  const measure = MEASURES[name];
  const { summary, bins } = reference;
  const scores: WindowScore[] = [];
  try {
    for (const { start, summary: live } of windows) {
      const score = oriented(measure.score({ live, reference: summary, bins }), side);
      scores.push({ score, values: measure.samples(live), startMs: start });
      if (scores.length % SCORED_AT_ONCE === 0) await setImmediate();
    }
  } catch (error) {
    throw new ChanceUnknown(messageOf(error));
  }
  return scores;
}

/** The baseline's series as it was packed. */
export function unpackReference({ kind, kinds, digest, moments, categories, bins }: PackedSubject): Reference {
  const parts = {
    kinds: Object.assign(new Kinds(), kinds),
    ...(digest === null ? {} : { digest: Digest.over(digest) }),
    ...(moments === null || kind === 'pair' ? {} : { moments: Moments.fromBytes(moments) }),
    ...(moments === null || kind !== 'pair' ? {} : { pairs: PairMoments.fromBytes(moments) }),
    ...(categories === null ? {} : { categories: Categories.over(categories) }),
  };
  return { summary: Summary.fromParts(kind, parts, { sizeRule: BASELINE_SIZE_RULE }), bins };
}

function momentsOf({ kind, moments, pairs }: Summary): Uint8Array | null {
  if (kind === 'number') return moments.toBytes();
  return kind === 'pair' ? pairs.toBytes() : null;
}

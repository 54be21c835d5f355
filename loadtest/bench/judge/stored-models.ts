import { randomUUID } from 'node:crypto';
import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import type { SummaryPart, TrafficPart } from '../../../collector/src/ingest/ingest-store.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { insertBaseline } from '../../../collector/src/store/write-baseline.ts';
import { normal, seeded } from '../seeded.ts';

export const HOUR = 3_600_000;
/** A Monday at midnight. */
export const T0 = Date.UTC(2001, 0, 1);
const PROJECT = 1;
const ROWS = 300;
/** Windows that differ, the last of them shifted; a history goes through the others again and again. */
const VARIANTS = 52;
const SHIFTED = 4;
/** Hours from one shift of a series to the next: one of four hours in ten days. */
const SHIFT_EVERY = 240;
const HOURS_AT_ONCE = 24;

type StoredKind = 'number' | 'category';

/** A model to be stored: a fifth of its series are categories unless all are numbers. */
export type StoredModel = { readonly model: string; readonly series: number; readonly numbersOnly: boolean };

/** One of the summaries a series goes through. */
function summaryOf(kind: StoredKind, variant: number, rows = ROWS, options = {}): Summary {
  const random = seeded(variant * 7 + 1);
  const isShifted = variant >= VARIANTS - SHIFTED && variant < VARIANTS;
  const summary = new Summary(kind, options);
  for (let i = 0; i < rows; i++) {
    const value = normal(random) + (isShifted ? 2 : 0);
    if (i % 50 === 0) summary.add(null);
    else summary.add(kind === 'number' ? value : `k${Math.min(60, Math.floor(Math.abs(value) * 20))}`);
  }
  return summary;
}

/** Which of them a series has in an hour: alerts come and go, at another time for each series. */
function variantAt(hour: number, series: number): number {
  const sinceShift = (hour + series * 37) % SHIFT_EVERY;
  return sinceShift < SHIFTED ? VARIANTS - SHIFTED + sinceShift : (hour + series * 11) % (VARIANTS - SHIFTED);
}

const kindOf = ({ numbersOnly }: StoredModel, i: number): StoredKind =>
  numbersOnly || i % 5 > 0 ? 'number' : 'category';

/** Stores the models with a baseline each and `hours` hours from `T0` on, as a collector would have stored them. */
export async function storeModels(database: Database, models: readonly StoredModel[], hours: number): Promise<void> {
  const part = await registerCollector(database, randomUUID(), 'bench');
  const store = createIngestStore(database, part);
  const kinds = ['number', 'category'] as const;
  const variants = new Map(
    kinds.map((kind) => [kind, Array.from({ length: VARIANTS }, (_, variant) => summaryOf(kind, variant))]),
  );
  for (const model of models) {
    const { versionId, seriesIds } = await store.naming(async (tx) => {
      const description = { dataset: null, gitCommit: null, artifactSha256: null, tags: {}, fields: [] };
      const named = { projectId: PROJECT, model: model.model, version: '1' };
      const [id] = (await tx.describeVersions([{ ...named, ...description }])).values();
      const keys = Array.from({ length: model.series }, (_, i) => ({
        versionId: id!,
        stage: 'feature',
        field: `f${i}`,
        slice: '',
        kind: kindOf(model, i),
      }));
      return { versionId: id!, seriesIds: (await tx.ensureSeries(keys)).map((one) => one.id) };
    });
    await store.transaction((tx) => tx.noteSpans(new Map([[versionId, { from: T0, to: T0 + hours * HOUR }]])));
    const series = Array.from({ length: model.series }, (_, i) => {
      const kind = kindOf(model, i);
      const summary = summaryOf(kind, 1_000 * 8 + (kind === 'number' ? 0 : 1), 10_000, {
        sizeRule: BASELINE_SIZE_RULE,
      });
      return { stage: 'feature', field: `f${i}`, kind, summary, bins: makeBins(summary) };
    });
    await insertBaseline(database, { versionId, name: 'training', source: 'bench', rows: 10_000, series });
    for (let from = 0; from < hours; from += HOURS_AT_ONCE) {
      const parts: SummaryPart[] = [];
      const traffic: TrafficPart[] = [];
      for (let hour = from; hour < Math.min(hours, from + HOURS_AT_ONCE); hour++) {
        const start = T0 + hour * HOUR;
        traffic.push({ versionId, widthMs: HOUR, start, rev: 1, rows: ROWS, errors: 0 });
        for (const [i, seriesId] of seriesIds.entries()) {
          const summary = variants.get(kindOf(model, i))![variantAt(hour, i)]!;
          parts.push({ versionId, seriesId, widthMs: HOUR, start, rev: 1, summary });
        }
      }
      await store.transaction(async (tx) => {
        await tx.writeSummaries(parts);
        await tx.writeTraffic(traffic);
      });
    }
  }
  await database.query('analyze');
}

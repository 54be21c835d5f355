import type { BaselineWindow } from '../baseline/baseline.ts';
import type { Incident, WindowedSeries, WindowSource } from '../baseline/from-windows.ts';
import type { Span } from '../baseline/spans.ts';
import type { Queryable } from './database.ts';
import { listEpisodes } from './episodes.ts';
import type { Widest } from './levels.ts';
import { listSeries } from './series.ts';
import { selectPieces, toSummary } from './summaries.ts';
import { countRowsWithin } from './traffic.ts';

const DAY_MS = 86_400_000;
/** Read at a time: a week of hours or a day of minutes. Both hold whole windows of every stored width. */
const HOURS_SLICE_MS = 7 * DAY_MS;

/** Shows what the store has of one model version to the making of baselines. */
export class BaselineSource implements WindowSource {
  readonly #db: Queryable;
  readonly #versionId: number;

  constructor(db: Queryable, versionId: number) {
    this.#db = db;
    this.#versionId = versionId;
  }

  async series(): Promise<WindowedSeries[]> {
    const rows = await listSeries(this.#db, this.#versionId);
    return rows.filter(({ slice }) => slice === '').map(({ id, stage, field, kind }) => ({ id, stage, field, kind }));
  }

  async *windows({ id }: WindowedSeries, span: Span, windowMs: number): AsyncGenerator<BaselineWindow> {
    const widest = widestFor(windowMs);
    const sliceMs = widest === 60_000 ? DAY_MS : HOURS_SLICE_MS;
    for (let from = span.from; from < span.to; ) {
      const to = Math.min(span.to, (Math.floor(from / sliceMs) + 1) * sliceMs);
      for (const row of await selectPieces(this.#db, [id], from, to, { widest })) {
        // An agent's window of an hour begins in a span that ends within it: half of it would be of what was masked.
        if (row.window_start + row.widthMs <= span.to) yield { start: row.window_start, summary: toSummary(row) };
      }
      from = to;
    }
  }

  rows({ from, to }: Span, windowMs: number): Promise<number> {
    return countRowsWithin(this.#db, this.#versionId, from, to, widestFor(windowMs));
  }

  incidents(span: Span): Promise<Incident[]> {
    return listEpisodes(this.#db, this.#versionId, span);
  }
}

/** Hours where they are no wider than the windows of the baseline: there are sixty times fewer of them. */
function widestFor(windowMs: number): Widest {
  return windowMs % 3_600_000 === 0 ? 3_600_000 : 60_000;
}

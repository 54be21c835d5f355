import type {
  AlertAnswer,
  AlertEventAnswer,
  Answer,
  ModelAnswer,
  ScoreAnswer,
  SeriesAnswer,
  VersionAnswer,
  WindowAnswer,
} from './answers.ts';

/** A half-open span in ms since the epoch, and how much of it to answer. */
export type SpanQuery = { readonly from: number; readonly to: number; readonly limit: number };

/** What the API reads; the store provides it. `null` = there is no such thing. */
export type ApiSource = {
  models(): Promise<Answer<typeof ModelAnswer>[]>;
  versions(model: string): Promise<Answer<typeof VersionAnswer>[] | null>;
  series(versionId: number): Promise<Answer<typeof SeriesAnswer>[] | null>;
  /** Windows of a series, parts merged, oldest first. */
  windows(seriesId: number, span: SpanQuery): Promise<Answer<typeof WindowAnswer>[] | null>;
  scores(seriesId: number, span: SpanQuery): Promise<Answer<typeof ScoreAnswer>[] | null>;
  /** Alerts in one of these states, or in all where none is given. */
  alerts(filter: {
    readonly states: readonly string[];
    readonly model: string | null;
    readonly limit: number;
  }): Promise<Answer<typeof AlertAnswer>[]>;
  alertEvents(fingerprint: string, limit: number): Promise<Answer<typeof AlertEventAnswer>[] | null>;
};

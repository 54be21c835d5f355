import type { PlainOutcome, StratumName } from '@tidemark/proto';
import type { SettingsChange, SettingsChanged, StoredSettings } from '../agent-settings/settings-store.ts';
import type {
  AgentAnswer,
  AlertAnswer,
  AlertEventAnswer,
  Answer,
  EventAnswer,
  ModelAnswer,
  OutcomeAnswer,
  ScoreAnswer,
  SeriesAnswer,
  SpanAnswer,
  VersionAnswer,
  WindowAnswer,
} from './answers.ts';

/** Widths of windows that can be asked for, ms. */
export type WindowWidth = 60_000 | 3_600_000 | 86_400_000;

/** A half-open span in ms since the epoch, and how much of it to answer. */
export type SpanQuery = { readonly from: number; readonly to: number; readonly limit: number };

/** What the API reads of one project; the store provides it. `null` = there is no such thing in it. */
export type ApiSource = {
  models(): Promise<Answer<typeof ModelAnswer>[]>;
  versions(model: string): Promise<Answer<typeof VersionAnswer>[] | null>;
  series(versionId: number): Promise<Answer<typeof SeriesAnswer>[] | null>;
  /** Windows of a series, parts merged, oldest first; `widest` ms wide, or as wide as agents sent them where that is more. */
  windows(
    seriesId: number,
    query: SpanQuery & { readonly widest: WindowWidth },
  ): Promise<Answer<typeof WindowAnswer>[] | null>;
  /** All windows of a series in a span as one, from the coarsest that fit. */
  span(seriesId: number, query: Omit<SpanQuery, 'limit'>): Promise<Answer<typeof SpanAnswer> | null>;
  scores(seriesId: number, span: SpanQuery): Promise<Answer<typeof ScoreAnswer>[] | null>;
  /** Events of a model version, newest first; of one stratum or, with null, of all. */
  events(
    versionId: number,
    query: SpanQuery & { readonly stratum: StratumName | null },
  ): Promise<Answer<typeof EventAnswer>[] | null>;
  /** Outcomes of a model version, field by field, newest first; of one prediction or, with null, of all. */
  outcomes(
    versionId: number,
    query: SpanQuery & { readonly predictionId: string | null },
  ): Promise<Answer<typeof OutcomeAnswer>[] | null>;
  /** Agents, the ones heard of last first. */
  agents(limit: number): Promise<Answer<typeof AgentAnswer>[]>;
  /** Alerts in one of these states, or in all where none is given. */
  alerts(filter: {
    readonly states: readonly string[];
    readonly model: string | null;
    readonly limit: number;
  }): Promise<Answer<typeof AlertAnswer>[]>;
  alertEvents(fingerprint: string, limit: number): Promise<Answer<typeof AlertEventAnswer>[] | null>;
};

/** What takes outcomes for a project: all of them, or none and a mistake for each that is wrong. */
export type OutcomeTaker = {
  take(projectId: number, outcomes: readonly PlainOutcome[]): Promise<readonly OutcomeMistake[]>;
  /** The mistakes alone; nothing is kept. */
  check(projectId: number, outcomes: readonly PlainOutcome[]): Promise<readonly OutcomeMistake[]>;
};
export type OutcomeMistake = { readonly index: number; readonly message: string };

/** What keeps the settings of agents, project by project. */
export type SettingsKeeper = {
  current(projectId: number, versionId: number): Promise<StoredSettings | null>;
  change(change: SettingsChange): Promise<SettingsChanged>;
};

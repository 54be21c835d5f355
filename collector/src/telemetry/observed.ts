import type { HealthCheck } from './health.ts';
import { INSTRUMENTS } from './instruments.ts';
import type { Recorder } from './recorder.ts';

/** What the collector knows without asking anybody. */
export type CollectorFigures = {
  readonly backlogBytes: () => number;
  readonly openStreams: () => number;
  /** Parts of windows held in memory. */
  readonly openParts: () => { readonly summaries: number; readonly traffic: number };
  /** Event time by which the longest overdue tick is behind, ms. */
  readonly judgingLagMs: () => number;
  /** Wall clock of the last run of judging that ended well, ms; null = there was none. */
  readonly judgedAt: () => number | null;
  /** Whether this collector does the upkeep of the store. */
  readonly isLeading: () => boolean;
};

const ALERT_STATES = INSTRUMENTS['tidemark.alerts'].labels.state;

/** What only the store knows. */
export type StoreFigures = {
  readonly agents: number;
  readonly alerts: Readonly<Record<(typeof ALERT_STATES)[number], number>>;
  readonly dueDeliveries: number;
  /** Age of the oldest of them, ms; 0 = there is none. */
  readonly oldestDueMs: number;
  /** Share of each budget in use where it is used most. */
  readonly used: { readonly series: number; readonly versions: number };
};

/** Lets the recorder ask the rooms. */
export function observeCollector(recorder: Recorder, figures: CollectorFigures): void {
  recorder.observe('tidemark.receive.backlog', (tell) => tell(figures.backlogBytes()));
  recorder.observe('tidemark.receive.streams', (tell) => tell(figures.openStreams()));
  recorder.observe('tidemark.ingest.open_parts', (tell) => {
    const { summaries, traffic } = figures.openParts();
    tell(summaries, { kind: 'summary' });
    tell(traffic, { kind: 'traffic' });
  });
  recorder.observe('tidemark.judging.lag', (tell) => tell(figures.judgingLagMs() / 1000));
  recorder.observe('tidemark.judging.last_success.timestamp', (tell) => {
    const at = figures.judgedAt();
    if (at !== null) tell(at / 1000);
  });
  recorder.observe('tidemark.upkeep.leading', (tell) => tell(figures.isLeading() ? 1 : 0));
}

/** Lets the recorder ask for what was last read of the store; where that is nothing, nothing is told. */
export function observeStore(recorder: Recorder, latest: () => StoreFigures | undefined): void {
  const known = (read: (figures: StoreFigures) => void): void => {
    const figures = latest();
    if (figures !== undefined) read(figures);
  };
  recorder.observe('tidemark.agents', (tell) => known(({ agents }) => tell(agents)));
  recorder.observe('tidemark.alerts', (tell) =>
    known(({ alerts }) => {
      for (const state of ALERT_STATES) tell(alerts[state], { state });
    }),
  );
  recorder.observe('tidemark.outbox.depth', (tell) => known(({ dueDeliveries }) => tell(dueDeliveries)));
  recorder.observe('tidemark.budget.used', (tell) =>
    known(({ used }) => {
      tell(used.series, { budget: 'series' });
      tell(used.versions, { budget: 'versions' });
    }),
  );
  recorder.observe('tidemark.outbox.age', (tell) => known(({ oldestDueMs }) => tell(oldestDueMs / 1000)));
}

/** Lets the recorder ask for the checks as they stood when they were last made. */
export function observeHealth(
  recorder: Recorder,
  latest: () => { readonly checks: readonly HealthCheck[]; readonly tookMs: number } | undefined,
): void {
  recorder.observe('tidemark.health', (tell) => {
    for (const { name, ok } of latest()?.checks ?? []) tell(ok ? 1 : 0, { check: name });
  });
  recorder.observe('tidemark.store.latency', (tell) => {
    const answer = latest();
    if (answer !== undefined) tell(answer.tookMs / 1000);
  });
}

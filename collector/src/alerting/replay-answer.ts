import type { Chance } from '../chance/chance.ts';
import type { TickRecord } from './judge-store.ts';
import type { JudgedSpan } from './judged-span.ts';
import { type OverlaidAlert, overlay, timeText } from './overlay.ts';
import { type Pause, replay } from './replay.ts';

/** What a span would have come to beside what it did, for programs. `since` and `until` are ISO 8601, times of alerts ms. */
export type ReplayAnswer = {
  readonly since: string;
  readonly until: string;
  readonly ticks: number;
  readonly findings: number;
  readonly alerts: readonly OverlaidAlert[];
};

type How = {
  readonly chance?: Chance;
  readonly pause?: Pause;
  readonly onRecord?: (record: TickRecord) => void;
};

/** Replays a span and lays what would have fired over what did. @throws what the store or `pause` throws. */
export async function replayAnswer(span: JudgedSpan, how: How = {}): Promise<ReplayAnswer> {
  const { since, until, model, rule } = span;
  const { ticks, findings, events } = await replay({ ...span, ...how });
  const stored = await span.history(since, until, model);
  const named = stored.filter(
    ({ alertname, labels }) => rule === null || alertname === rule || labels.rulename === rule,
  );
  return { since: timeText(since), until: timeText(until), ticks, findings, alerts: overlay(events, named) };
}

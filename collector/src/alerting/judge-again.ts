import type { RuleGroup } from '../rules/rule.ts';
import { type Reconciled, reconcile, renumbered } from './amendment.ts';
import { eventsOf, type HistoryEvent } from './history.ts';
import type { JudgeStore, StoredAlert, TickRecord } from './judge-store.ts';
import type { AmendedTelling, Checkpoint, LateStore } from './late-store.ts';
import { MemoryJudgeStore } from './memory-judge-store.ts';

type JudgeAgainOptions = {
  readonly store: JudgeStore;
  readonly late: LateStore;
  /** Judges the group on that store until a tick, or less far where it has to stop. */
  readonly judge: (store: JudgeStore, until: number) => Promise<void>;
  readonly receiversOf: (alert: StoredAlert, notify: 'firing' | 'resolved') => Promise<readonly string[]>;
};

/**
 * Judges the ticks of a group after `since` once more, in memory, from the last state before them, and replaces what is stored of
 * them. @returns whom that made to be told something; null where nothing was replaced: judging had to stop,
 * or somebody has judged the group further meanwhile.
 */
export async function judgeAgain(
  group: RuleGroup,
  since: number,
  { store, late, judge, receiversOf }: JudgeAgainOptions,
): Promise<readonly AmendedTelling[] | null> {
  const until = await store.lastTick(group.name);
  if (until === null || until <= since) return [];
  const begin = await late.checkpoint(group.name, since);
  if (begin === null || begin.tick >= until) return [];
  const wanted = (await late.checkpointsAfter(group.name, begin.tick)).filter((tick) => tick <= until);
  let latest: readonly StoredAlert[] = begin.alerts;
  const records: TickRecord[] = [];
  const events: (HistoryEvent & { versionId: number })[] = [];
  const checkpoints: Checkpoint[] = [];
  const memory: MemoryJudgeStore = new MemoryJudgeStore(
    begin.tick,
    (record) => {
      records.push(record);
      const versions = new Map(record.changes.map(({ alert }) => [alert.fingerprint, alert.versionId]));
      events.push(...eventsOf(record).map((event) => ({ ...event, versionId: versions.get(event.fingerprint)! })));
      // A state that is kept before this tick is the one after the tick before it.
      while (wanted[0] !== undefined && wanted[0] < record.tick)
        checkpoints.push({ tick: wanted.shift()!, alerts: latest });
      latest = memory.alertsNow(group.name);
    },
    { group: group.name, alerts: begin.alerts },
  );
  await judge(memory, until);
  if ((await memory.lastTick(group.name)) !== until) return null;
  for (const tick of wanted) checkpoints.push({ tick, alerts: latest });
  const stored = new Map((await store.alerts(group.name)).map((alert) => [alert.fingerprint, alert]));
  const amended = new Map((await memory.alerts(group.name)).map((alert) => [alert.fingerprint, alert]));
  const reconciled = new Map<string, Reconciled>();
  for (const fingerprint of new Set([...stored.keys(), ...amended.keys()])) {
    const one = reconcile(stored.get(fingerprint) ?? null, amended.get(fingerprint) ?? null, until);
    if (one !== null) reconciled.set(fingerprint, one);
  }
  const tell: AmendedTelling[] = [];
  for (const { alert, notify } of reconciled.values()) {
    if (notify === null || alert.message === null) continue;
    const told = notify === 'firing' ? alert : { ...alert, state: { ...alert.state, episode: alert.message.episode } };
    tell.push({ alert, receivers: await receiversOf(told, notify) });
  }
  const amendment = {
    group: group.name,
    from: begin.tick,
    until,
    records,
    events: renumbered(events, reconciled),
    alerts: [...reconciled.values()].map(({ alert }) => alert),
    checkpoints,
    tell,
  };
  return (await late.amend(amendment)) ? tell : null;
}

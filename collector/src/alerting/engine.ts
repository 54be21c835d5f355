import type { Chance } from '../chance/chance.ts';
import { ChanceHere } from '../chance/chance-here.ts';
import { inOrder, judgeComposite, type Member } from '../rules/composite-rule.ts';
import { evaluateRule } from '../rules/evaluate.ts';
import type { Finding } from '../rules/finding.ts';
import type { Rule, RuleGroup } from '../rules/rule.ts';
import { ruleOfField } from '../rules/rule-of-field.ts';
import { type RuleSet, routeOf } from '../rules/rule-set.ts';
import { dueTicks } from '../rules/schedule.ts';
import { reasonForAbsence } from './absence.ts';
import { byFingerprint, ofRule } from './alerts-of-rule.ts';
import { Fingerprints } from './fingerprint.ts';
import { healthRules, type Judged } from './health-alerts.ts';
import { judgeAgain } from './judge-again.ts';
import type { JudgeObserver } from './judge-observer.ts';
import type { AlertChange, JudgeStore, StoredAlert } from './judge-store.ts';
import type { LateStore } from './late-store.ts';
import { end, isForgettable, pause, type Step, step } from './machine.ts';
import { isTold, messageOfAlert, resolvedMessage } from './message.ts';
import { isPaused } from './paused.ts';
import { type AlertState, NEVER_SEEN } from './state.ts';
import { type TickSource, TickView } from './tick-view.ts';

/** Told after a tick was stored: what changed, for logs and for whoever sends. */
export type OnTick = (group: string, tick: number, changes: readonly AlertChange[]) => void;

/** What a tick came to that is stored by this collector. */
type Judgement = { readonly findings: number; readonly changes: readonly AlertChange[] };
/** An alert after a tick and what that changed. */
type Stepped = Pick<AlertChange, 'alert' | 'transition'>;
const NOTHING: Judgement = { findings: 0, changes: [] };

type EngineOptions = {
  readonly rules: RuleSet;
  readonly source: TickSource;
  readonly store: JudgeStore;
  /** Knows of late data; ticks that were judged without it are judged again. Without this they stay as they are. */
  readonly late?: LateStore;
  /** What rules with a budget ask; by default it is found out in this thread, which may take seconds. Not stopped with the engine. */
  readonly chance?: Chance;
  /** Labels that every alert has beside its rule's: the project, where there are several. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Address of this collector as people reach it; null where it has none. */
  readonly publicUrl: string | null;
  readonly onTick: OnTick;
  readonly observer?: JudgeObserver;
};

/**
 * Judges tick after tick: load ► evaluate ► step ► store. All decisions are made by pure functions; a tick is
 * stored whole or not at all, so that a crash, a second collector or a slow database change nothing in the history.
 */
export class Engine {
  readonly #options: EngineOptions & { readonly chance: Chance };
  readonly #fingerprints = new Fingerprints();
  #orphansEnded = false;
  /** The last tick of each group that is known to be stored. */
  readonly #lastTicks = new Map<RuleGroup, number>();

  constructor(options: EngineOptions) {
    this.#options = { chance: new ChanceHere(), ...options };
  }

  /**
   * Judges every tick whose data is complete at the watermark (ms, event time; -Infinity while there is no data);
   * oldest first.
   * `isStopping` is asked between ticks.
   * @throws whatever the store throws; what was stored until then stays.
   */
  async judgeUntil(watermark: number, isStopping: () => boolean): Promise<void> {
    if (watermark === -Infinity) return;
    const { rules, store } = this.#options;
    if (!this.#orphansEnded) await this.#endOrphans(watermark);
    const cursors: { readonly group: RuleGroup; last: number | null }[] = [];
    for (const group of rules.groups) {
      const last = await store.lastTick(group.name);
      if (last !== null) this.#lastTicks.set(group, last);
      cursors.push({ group, last });
    }
    while (!isStopping()) {
      // In the order of time over all groups, so that people are told in the order in which things happened.
      const due = cursors.flatMap((cursor) =>
        dueTicks(cursor.last, watermark, cursor.group, 1).ticks.map((tick) => ({ cursor, tick })),
      );
      const next = due.reduce<(typeof due)[number] | null>(
        (first, one) => (first === null || one.tick < first.tick ? one : first),
        null,
      );
      // What is late comes last: if it cannot be judged again, what is due is judged all the same.
      if (next === null) return this.#judgeLate(isStopping);
      await this.#judgeObserved(next.cursor.group, next.tick);
      next.cursor.last = next.tick;
      this.#lastTicks.set(next.cursor.group, next.tick);
    }
  }

  /** How far (ms, event time) the oldest tick that is due at this watermark and not judged lies behind it; 0 = none is. */
  overdueMs(watermark: number): number {
    let overdue = 0;
    for (const [group, last] of this.#lastTicks) {
      const next = dueTicks(last, watermark, group, 1).ticks[0];
      if (next !== undefined) overdue = Math.max(overdue, watermark - group.queryOffsetMs - next);
    }
    return overdue;
  }

  async #judgeObserved(group: RuleGroup, tick: number): Promise<void> {
    const startedAt = performance.now();
    const report = (judged: Judgement, error: unknown) =>
      this.#options.observer?.({
        group: group.name,
        findings: judged.findings,
        transitions: judged.changes.flatMap(({ transition }) => (transition === null ? [] : [transition.to])),
        durationMs: performance.now() - startedAt,
        error,
      });
    try {
      report(await this.#judge(group, tick), null);
    } catch (error) {
      report(NOTHING, error);
      throw error;
    }
  }

  /** Judges again what late data belongs to; then the store need not know of it any more. */
  async #judgeLate(isStopping: () => boolean): Promise<void> {
    const { rules, source, store, chance, late: lateStore, labels = {}, publicUrl, onTick } = this.#options;
    const late = (await lateStore?.late()) ?? null;
    if (lateStore === undefined || late === null) return;
    for (const group of rules.groups) {
      const told = await judgeAgain(group, late.since, {
        store,
        late: lateStore,
        judge: async (memory, until) => {
          const groups = [{ ...group, queryOffsetMs: 0 }];
          const options = {
            rules: { ...rules, groups },
            source,
            store: memory,
            chance,
            labels,
            publicUrl,
          };
          await new Engine({ ...options, onTick: () => undefined }).judgeUntil(until, isStopping);
        },
        receiversOf: (alert, notify) => this.#receiversOf(alert, notify),
      });
      // Somebody else has judged on, or this one is to stop: the marks stay, and it is done another time.
      if (told === null) return;
      if (told.length === 0) continue;
      const changes = told.map(({ alert, receivers }) => ({ alert, transition: null, tell: receivers }));
      onTick(group.name, (await store.lastTick(group.name)) ?? late.since, changes);
    }
    await lateStore.settle(late);
  }

  async #judge(group: RuleGroup, tick: number): Promise<Judgement> {
    const { store, late } = this.#options;
    await late?.announce(tick);
    const source = new TickView(this.#options.source, tick);
    const known = await store.alerts(group.name);
    const stored = new Map(known.map((alert) => [alert.fingerprint, alert]));
    const scores: (Finding & { fingerprint: string })[] = [];
    const changes: AlertChange[] = [];
    const ended: AlertChange[] = [];
    const members = new Map<string, Member[]>();
    for (const rule of inOrder(group.rules)) {
      if (isPaused(rule, members, tick)) {
        this.#pauseAll(rule, stored, changes, tick);
        continue;
      }
      const { judgement } = rule;
      const findings =
        judgement.kind === 'composite'
          ? judgeComposite(rule, judgement, members, tick)
          : await evaluateRule(rule, tick, source, this.#options.chance);
      const judged: Judged[] = [];
      for (const finding of findings) {
        const taken = this.#take(ruleOfField(rule, finding.labels.field), finding, stored, tick);
        scores.push({ ...finding, fingerprint: taken.alert.fingerprint });
        judged.push({ finding, state: taken.alert.state });
        changes.push(taken.transition === null ? { ...taken, tell: [] } : await this.#addressed(taken));
      }
      members.set(
        rule.alert,
        judged.map(({ finding, state }) => ({ finding, isFiring: isFiring(state) })),
      );
      for (const about of healthRules(rule, judged)) {
        for (const finding of about.findings) {
          changes.push(await this.#addressed(this.#take(about.rule, finding, stored, tick)));
        }
      }
      for (const alert of ofRule(rule, stored)) {
        const own = ruleOfField(rule, alert.labels.field);
        ended.push(await this.#endAlert(alert, reasonForAbsence(alert.labels, own, findings), tick));
        stored.delete(alert.fingerprint);
      }
    }
    for (const alert of byFingerprint([...stored.values()]))
      ended.push(await this.#endAlert(alert, 'rule_removed', tick));
    // What ended earlier stays as it is: without a transition there is nothing new to write of it.
    const worthKeeping = [...changes.filter(isWorthKeeping), ...ended.filter(({ transition }) => transition !== null)];
    const record = { group: group.name, tick, scores, changes: worthKeeping };
    if (!(await store.record(record))) return NOTHING;
    this.#options.onTick(group.name, tick, record.changes);
    return { findings: scores.length, changes: worthKeeping };
  }

  /** Lets everything of a rule stand still that is not to judge now. */
  #pauseAll(rule: Rule, stored: Map<string, StoredAlert>, changes: AlertChange[], tick: number): void {
    for (const alert of ofRule(rule, stored)) {
      const { state, transition } = pause(alert.state, rule, tick);
      changes.push({ alert: { ...alert, state }, transition, tell: [] });
      stored.delete(alert.fingerprint);
    }
  }

  /** One step of the alert that a finding speaks of; what was stored of it is taken out of `stored`. */
  #take(rule: Rule, found: Finding, stored: Map<string, StoredAlert>, tick: number): Stepped {
    const { labels } = this.#options;
    const finding = labels === undefined ? found : { ...found, labels: { ...found.labels, ...labels } };
    const fingerprint = this.#fingerprints.of(finding.labels);
    const before = stored.get(fingerprint);
    stored.delete(fingerprint);
    const { state, transition } = step(before?.state ?? NEVER_SEEN, finding, rule, tick);
    const notify = transition?.notify ?? null;
    const message =
      isTold(state) && notify !== null ? messageOfAlert(rule, finding, state, this.#urlOf(fingerprint)) : null;
    const alert: StoredAlert = {
      fingerprint,
      versionId: finding.version.id,
      seriesId: finding.seriesId,
      group: rule.group,
      alertname: rule.alert,
      labels: finding.labels,
      state,
      lastValue: finding.value,
      message: message ?? before?.message ?? null,
    };
    return { alert, transition };
  }

  /** With whom to tell of it; nobody is asked where there is nothing to tell. */
  async #addressed({ alert, transition }: Stepped): Promise<AlertChange> {
    const notify = transition?.notify ?? null;
    return { alert, transition, tell: notify === null ? [] : await this.#receiversOf(alert, notify) };
  }

  async #endAlert(before: StoredAlert, reason: Parameters<typeof end>[1], tick: number): Promise<AlertChange> {
    const { state, transition }: Step = end(before.state, reason, tick);
    const notify = transition?.notify ?? null;
    const isResolved = state.kind === 'resolved' && notify !== null && before.message !== null;
    const message = isResolved ? resolvedMessage(before.message, state.resolvedAt, state.reason) : before.message;
    const alert: StoredAlert = { ...before, state, message };
    return this.#addressed({ alert, transition });
  }

  async #endOrphans(watermark: number): Promise<void> {
    const { rules, store } = this.#options;
    await store.adopt?.(
      rules.groups.flatMap((group) => group.rules.map(({ alert }) => ({ alert, group: group.name }))),
    );
    const orphans = await store.orphans(rules.groups.map(({ name }) => name));
    for (const group of new Set(orphans.map((alert) => alert.group))) {
      const changes: AlertChange[] = [];
      const ofGroup = orphans.filter((alert) => alert.group === group);
      for (const alert of ofGroup) changes.push(await this.#endAlert(alert, 'rule_removed', watermark));
      // The group may have been judged up to this very moment: then its alerts end as soon as time has moved on.
      if (!(await store.record({ group, tick: watermark, scores: [], changes }))) return;
      this.#options.onTick(group, watermark, changes);
    }
    this.#orphansEnded = true;
  }

  /** A firing goes where its labels lead; its end goes to those who were told of it, whatever the routes say by now. */
  async #receiversOf(
    { labels, fingerprint, state }: StoredAlert,
    notify: 'firing' | 'resolved',
  ): Promise<readonly string[]> {
    if (notify === 'resolved') return this.#options.store.toldOf(fingerprint, state.episode);
    const { route } = this.#options.rules;
    return route === null ? [] : routeOf(route, labels).receivers;
  }

  #urlOf(fingerprint: string): string | null {
    const { publicUrl } = this.#options;
    return publicUrl === null ? null : `${publicUrl}/api/v1/alerts/${fingerprint}/events`;
  }
}

/** Nothing is written of an alert that says no more than that there is nothing. */
function isWorthKeeping({ alert, transition }: AlertChange): boolean {
  return transition !== null || !isForgettable(alert.state);
}

function isFiring({ kind }: AlertState): boolean {
  return kind === 'firing' || kind === 'recovering';
}

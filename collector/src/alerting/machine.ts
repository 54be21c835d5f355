import type { ChanceFound, Finding } from '../rules/finding.ts';
import type { Rule } from '../rules/rule.ts';
import type { ResolveReason } from './alert.ts';
import type { AlertState, Clock, Health, Transition, TransitionReason } from './state.ts';

/** What a step comes to; `transition` is null where the state kept its kind. */
export type Step = { readonly state: AlertState; readonly transition: Transition | null };

/** How the finding counts: `between` is the dead band of fire and clear, `frozen` stops the clocks. */
type Reading = 'fire' | 'between' | 'clear' | 'frozen';

/** A resolved alert is shown this long before it is inactive again (Prometheus keeps them 15 minutes, too). */
export const RESOLVED_SHOWN_MS = 15 * 60_000;

/** Failures in a row after which `on_error` takes effect. */
export const ERRORS_IN_A_ROW = 3;

/** Beyond this silence of the evaluator itself nothing is known of the time between, and clocks start anew (Prometheus: for outage tolerance 1 h). */
export const OUTAGE_TOLERANCE_MS = 60 * 60_000;

type StepRule = Pick<
  Rule,
  'fire' | 'clear' | 'occurrences' | 'forMs' | 'keepFiringForMs' | 'intervalMs' | 'noData' | 'noDataForMs' | 'onError'
>;
/** `chance` is there where a budget has a say. */
type StepFinding = Pick<Finding, 'health' | 'value'> & { readonly chance?: Pick<ChanceFound, 'isBeyond'> | undefined };

/**
 * The next state of one alert: pure, and all time is the tick's. Ticks must come in order; one at or before the last
 * changes nothing, so a repeated tick after a crash is harmless.
 *
 * inactive → pending when fire holds (firing at once where `for` is 0) → firing when it held for `for`; pending →
 * inactive, silently, when it does not hold, dead band included. firing → recovering when clear holds → resolved when
 * it held for `keep_firing_for` (at once where that is 0); fire or the dead band brings recovering back to firing,
 * the same episode. resolved → inactive after 15 minutes, or pending when fire holds again. Without enough data and
 * on errors the clocks stand still and the state stays, until the rule's policy says otherwise.
 */
export function step(state: AlertState, finding: StepFinding, rule: StepRule, tick: number): Step {
  if (tick <= state.lastTick) return { state, transition: null };
  const health = nextHealth(state.health, finding, tick);
  const single = readingOf(finding, health, rule, tick);
  const recent = recentOf(state, single, rule, tick);
  const reading = countedReading(single, recent, rule);
  const { recent: _, ...clocked } = advanceClock(state, reading, rule, tick);
  const { state: after, transition } = advance({ ...clocked, lastTick: tick, health }, reading, rule, tick);
  return { state: recent === '' ? after : { ...after, recent }, transition };
}

/**
 * A tick at which the rule is not to judge (`active`): nothing is known of it, so all clocks stand still, also that of
 * missing data. What was resolved is forgotten after its time all the same.
 */
export function pause(state: AlertState, rule: StepRule, tick: number): Step {
  if (tick <= state.lastTick) return { state, transition: null };
  const passed = tick - state.lastTick;
  const { health } = state;
  const frozen = health.kind === 'ok' ? health : { ...health, since: health.since + passed };
  const clocked = advanceClock(state, 'frozen', rule, tick);
  const { state: after, transition } = advance({ ...clocked, lastTick: tick, health: frozen }, 'frozen', rule, tick);
  return { state: state.recent === undefined ? after : { ...after, recent: state.recent }, transition };
}

function advance(next: AlertState, reading: Reading, rule: StepRule, tick: number): Step {
  switch (next.kind) {
    case 'inactive':
      return reading === 'fire' ? begin(next, rule, tick) : stay(next);
    case 'pending':
      return fromPending(next, reading, rule, tick);
    case 'firing':
      return fromFiring(next, reading, rule, tick);
    case 'recovering':
      return fromRecovering(next, reading, rule, tick);
    case 'resolved':
      return fromResolved(next, reading, rule, tick);
  }
}

/**
 * Ends an alert for another reason than its data: the rule or the version is gone. What fires is resolved and told;
 * what was only pending is dropped in silence; what was resolved is forgotten after its time. The state is kept, so
 * that a later life has a later number.
 */
export function end(state: AlertState, reason: Exclude<ResolveReason, 'cleared'>, tick: number): Step {
  switch (state.kind) {
    case 'inactive':
      return stay(state);
    case 'pending':
      return move(state, inactiveOf(state, tick), tick, reason, null);
    case 'firing':
    case 'recovering':
      return resolve(state, reason, tick);
    case 'resolved':
      return tick - state.resolvedAt >= RESOLVED_SHOWN_MS
        ? move(state, inactiveOf(state, tick), tick, 'forgotten', null)
        : stay(state);
  }
}

/** Whether the state says no more than that there is nothing: then it need not be stored. */
export function isForgettable(state: AlertState): boolean {
  return state.kind === 'inactive' && state.episode === 0 && state.health.kind === 'ok' && !state.recent?.includes('1');
}

function nextHealth(health: Health, finding: StepFinding, tick: number): Health {
  if (finding.health === 'ok') return { kind: 'ok' };
  if (finding.health === 'error') {
    return health.kind === 'error'
      ? { ...health, inARow: health.inARow + 1 }
      : { kind: 'error', since: tick, inARow: 1 };
  }
  return health.kind === 'nodata' ? health : { kind: 'nodata', since: tick };
}

function readingOf(finding: StepFinding, health: Health, rule: StepRule, tick: number): Reading {
  if (health.kind === 'nodata') {
    const isDue = tick - health.since >= rule.noDataForMs;
    if (isDue && rule.noData === 'fire') return 'fire';
    return isDue && rule.noData === 'ok' ? 'clear' : 'frozen';
  }
  if (health.kind === 'error') return health.inARow >= ERRORS_IN_A_ROW && rule.onError === 'fire' ? 'fire' : 'frozen';
  if (finding.value === null) return 'frozen';
  if (rule.fire.holds(finding.value) && finding.chance?.isBeyond !== false) return 'fire';
  return rule.clear.holds(finding.value) ? 'clear' : 'between';
}

/** The last judgements with this one; a long silence of the evaluator makes them worthless. */
function recentOf(state: AlertState, reading: Reading, rule: StepRule, tick: number): string {
  if (rule.occurrences === null) return '';
  const isOld = tick - state.lastTick > rule.intervalMs + OUTAGE_TOLERANCE_MS;
  const before = isOld ? '' : (state.recent ?? '');
  return reading === 'frozen' ? before : `${before}${reading === 'fire' ? 1 : 0}`.slice(-rule.occurrences.of);
}

/** Fire that held often enough goes on where this judgement is quiet; fire that did not yet is no more than the dead band. */
function countedReading(reading: Reading, recent: string, { occurrences }: StepRule): Reading {
  if (occurrences === null || reading === 'frozen') return reading;
  if (recent.replaceAll('0', '').length >= occurrences.hits) return 'fire';
  return reading === 'fire' ? 'between' : reading;
}

/** A frozen tick does not count, and a long silence of the evaluator starts the clock anew. */
function advanceClock(state: AlertState, reading: Reading, rule: StepRule, tick: number): AlertState {
  if (state.kind !== 'pending' && state.kind !== 'recovering') return state;
  const passed = tick - state.lastTick;
  if (passed > rule.intervalMs + OUTAGE_TOLERANCE_MS) return { ...state, clock: { since: tick, frozenMs: 0 } };
  if (reading !== 'frozen') return state;
  return { ...state, clock: { since: state.clock.since, frozenMs: state.clock.frozenMs + passed } };
}

type In<K extends AlertState['kind']> = Extract<AlertState, { kind: K }>;

function begin(state: In<'inactive' | 'resolved'>, rule: StepRule, tick: number): Step {
  const { episode, lastTick, health } = state;
  const pending: In<'pending'> = { kind: 'pending', episode, lastTick, health, clock: startAt(tick), activeAt: tick };
  return rule.forMs === 0 ? fire(state, pending, tick) : move(state, pending, tick, 'condition_began', null);
}

function fromPending(state: In<'pending'>, reading: Reading, rule: StepRule, tick: number): Step {
  if (reading === 'frozen') return stay(state);
  if (reading !== 'fire') return move(state, inactiveOf(state, tick), tick, 'condition_ended', null);
  return hasRun(state.clock, rule.forMs, tick) ? fire(state, state, tick) : stay(state);
}

function fromFiring(state: In<'firing'>, reading: Reading, rule: StepRule, tick: number): Step {
  if (reading !== 'clear') return stay(state);
  if (rule.keepFiringForMs === 0) return resolve(state, 'cleared', tick);
  return move(state, { ...state, kind: 'recovering', clock: startAt(tick) }, tick, 'clear_began', null);
}

function fromRecovering(state: In<'recovering'>, reading: Reading, rule: StepRule, tick: number): Step {
  if (reading === 'frozen') return stay(state);
  if (reading === 'clear')
    return hasRun(state.clock, rule.keepFiringForMs, tick) ? resolve(state, 'cleared', tick) : stay(state);
  const { episode, lastTick, health, activeAt, firedAt } = state;
  return move(state, { kind: 'firing', episode, lastTick, health, activeAt, firedAt }, tick, 'clear_ended', null);
}

function fromResolved(state: In<'resolved'>, reading: Reading, rule: StepRule, tick: number): Step {
  if (reading === 'fire') return begin(state, rule, tick);
  if (tick - state.resolvedAt < RESOLVED_SHOWN_MS) return stay(state);
  return move(state, inactiveOf(state, tick), tick, 'forgotten', null);
}

function fire(from: AlertState, pending: In<'pending'>, tick: number): Step {
  const { lastTick, health, activeAt } = pending;
  const firing: AlertState = {
    kind: 'firing',
    episode: pending.episode + 1,
    lastTick,
    health,
    activeAt,
    firedAt: tick,
  };
  return move(from, firing, tick, 'condition_held', 'firing');
}

function resolve(state: In<'firing' | 'recovering'>, reason: ResolveReason, tick: number): Step {
  const { episode, health, activeAt, firedAt } = state;
  const resolved: AlertState = {
    kind: 'resolved',
    episode,
    lastTick: tick,
    health,
    activeAt,
    firedAt,
    resolvedAt: tick,
    reason,
  };
  return move(state, resolved, tick, reason, 'resolved');
}

function inactiveOf(state: AlertState, tick: number): AlertState {
  return { kind: 'inactive', episode: state.episode, lastTick: tick, health: state.health };
}

function startAt(tick: number): Clock {
  return { since: tick, frozenMs: 0 };
}

function hasRun(clock: Clock, lengthMs: number, tick: number): boolean {
  return tick - clock.since - clock.frozenMs >= lengthMs;
}

function stay(state: AlertState): Step {
  return { state, transition: null };
}

function move(
  from: AlertState,
  to: AlertState,
  at: number,
  reason: TransitionReason,
  notify: Transition['notify'],
): Step {
  return { state: to, transition: { from: from.kind, to: to.kind, at, episode: to.episode, reason, notify } };
}

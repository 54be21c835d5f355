import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { end, isForgettable, pause, step } from '../../../collector/src/alerting/machine.ts';
import { type AlertState, NEVER_SEEN, type Transition } from '../../../collector/src/alerting/state.ts';
import { ANY_VALUE, parseCondition } from '../../../collector/src/rules/condition.ts';
import type { Finding } from '../../../collector/src/rules/finding.ts';

const MINUTE = 60_000;
type StepRule = Parameters<typeof step>[2];
type StepFinding = Pick<Finding, 'health' | 'value'>;

/** Fires above 10, clears below 5; minutes throughout. */
const RULE: StepRule = {
  fire: parseCondition('> 10'),
  clear: parseCondition('< 5'),
  intervalMs: MINUTE,
  occurrences: null,
  forMs: 2 * MINUTE,
  keepFiringForMs: 3 * MINUTE,
  noData: 'keep',
  noDataForMs: 3 * MINUTE,
  onError: 'keep',
};

/** F fire, D dead band, C clear, N no window, I insufficient, E error. */
const LETTERS: Record<string, StepFinding> = {
  F: { health: 'ok', value: 11 },
  D: { health: 'ok', value: 7 },
  C: { health: 'ok', value: 1 },
  N: { health: 'nodata', value: null },
  I: { health: 'insufficient', value: null },
  E: { health: 'error', value: null },
};

type Run = { state: AlertState; transitions: Transition[]; kinds: string };

/** One finding a minute from minute 1; `kinds` has the first letter of the state after each (z is resolved). */
function run(findings: string, rule: Partial<StepRule> = {}, from: AlertState = NEVER_SEEN, start = 1): Run {
  let state = from;
  const transitions: Transition[] = [];
  let kinds = '';
  for (const [index, letter] of [...findings].entries()) {
    const next = step(state, LETTERS[letter]!, { ...RULE, ...rule }, (start + index) * MINUTE);
    // What is stored is what goes on: every state survives JSON.
    state = JSON.parse(JSON.stringify(next.state)) as AlertState;
    if (next.transition) transitions.push(next.transition);
    kinds += state.kind === 'resolved' ? 'z' : state.kind[0];
  }
  return { state, transitions, kinds };
}

const TABLE: [what: string, findings: string, kinds: string, rule?: Partial<StepRule>][] = [
  ['nothing happens while it is clear', 'CCDC', 'iiii'],
  ['fire must hold for `for`', 'FFFF', 'ppff'],
  ['fires at once where `for` is 0', 'F', 'f', { forMs: 0 }],
  ['pending ends silently when fire does not hold', 'FFC', 'ppi'],
  ['pending ends in the dead band, too', 'FFD', 'ppi'],
  ['a new beginning starts the clock anew', 'FFCFFF', 'ppippf'],
  ['firing stays through the dead band', 'FFFDDDF', 'ppfffff'],
  ['clear must hold for `keep_firing_for`', 'FFFCCCC', 'ppfrrrz'],
  ['ends at once where `keep_firing_for` is 0', 'FFFC', 'ppfz', { keepFiringForMs: 0 }],
  ['recovering goes back to firing on fire', 'FFFCCFCCCC', 'ppfrrfrrrz'],
  ['recovering goes back to firing in the dead band', 'FFFCCDCCCC', 'ppfrrfrrrz'],
  ['resolved is inactive after 15 minutes', `FFFCCCC${'C'.repeat(15)}`, `ppfrrrz${'z'.repeat(14)}i`],
  ['resolved begins anew on fire', 'FFFCCCCFFF', 'ppfrrrzppf'],
  ['resolved fires at once where `for` is 0', 'FCCCCF', 'frrrzf', { forMs: 0 }],
  ['resolved is not woken by the dead band', 'FFFCCCCD', 'ppfrrrzz'],
  ['without data pending stands still: its clock counts ticks with data only', 'FNNNFF', 'pppppf'],
  ['too few samples are as no data', 'FIIFF', 'ppppf'],
  ['an error freezes, too', 'FEEFF', 'ppppf'],
  ['without data firing stays firing', 'FFFNNNNNN', 'ppfffffff'],
  ['without data recovering stands still', 'FFFCNNNCCC', 'ppfrrrrrrz'],
  ['no_data ok: ends as if clear, after no_data_for', 'FFFNNNNNNN', 'ppffffrrrz', { noData: 'ok' }],
  ['no_data ok: pending goes', 'FNNNN', 'ppppi', { noData: 'ok' }],
  ['no_data fire: begins after no_data_for', 'CNNNNNN', 'iiiippf', { noData: 'fire' }],
  ['no_data fire: data again lets it end', 'CNNNNNNCCCC', 'iiiippfrrrz', { noData: 'fire' }],
  ['no_data nodata: the alert itself stays as it was', 'FFFNNNNNN', 'ppfffffff', { noData: 'nodata' }],
  ['data in between starts no_data_for anew', 'CNNCNNN', 'iiiiiii', { noData: 'fire', forMs: 0 }],
  ['on_error fire: the third failure in a row counts', 'EEE', 'iif', { onError: 'fire', forMs: 0 }],
  ['on_error fire: failures must be in a row', 'EECEEC', 'iiiiii', { onError: 'fire', forMs: 0 }],
  ['on_error error: the alert itself stays as it was', 'FFFEEEE', 'ppfffff', { onError: 'error' }],
];

for (const [what, findings, kinds, rule] of TABLE) {
  test(what, () => assert.equal(run(findings, rule).kinds, kinds));
}

test('every change has its reason, and only firing and the end are told, once an episode', () => {
  const { transitions } = run(`FCFFFCDCCCC${'C'.repeat(15)}FFFCCCC`);
  const said = transitions.map((one) => [
    one.at / MINUTE,
    `${one.from} > ${one.to}`,
    one.reason,
    one.notify,
    one.episode,
  ]);
  assert.deepEqual(said, [
    [1, 'inactive > pending', 'condition_began', null, 0],
    [2, 'pending > inactive', 'condition_ended', null, 0],
    [3, 'inactive > pending', 'condition_began', null, 0],
    [5, 'pending > firing', 'condition_held', 'firing', 1],
    [6, 'firing > recovering', 'clear_began', null, 1],
    [7, 'recovering > firing', 'clear_ended', null, 1],
    [8, 'firing > recovering', 'clear_began', null, 1],
    [11, 'recovering > resolved', 'cleared', 'resolved', 1],
    [26, 'resolved > inactive', 'forgotten', null, 1],
    [27, 'inactive > pending', 'condition_began', null, 1],
    [29, 'pending > firing', 'condition_held', 'firing', 2],
    [30, 'firing > recovering', 'clear_began', null, 2],
    [33, 'recovering > resolved', 'cleared', 'resolved', 2],
  ]);
});

test('a state says when it began, fired and ended', () => {
  const { state } = run('CFFFFDCCCC');
  assert.deepEqual(state, {
    kind: 'resolved',
    episode: 1,
    lastTick: 10 * MINUTE,
    health: { kind: 'ok' },
    activeAt: 2 * MINUTE,
    firedAt: 4 * MINUTE,
    resolvedAt: 10 * MINUTE,
    reason: 'cleared',
  });
});

test('fire counts where it held in so many of the last judgements', () => {
  const rule = { occurrences: { hits: 3, of: 5 }, forMs: 0, keepFiringForMs: 0 };
  const cases: [findings: string, kinds: string][] = [
    ['FFF', 'iif'],
    ['FCFCF', 'iiiif'],
    ['FCCFCCF', 'iiiiiii'],
    ['FDDFF', 'iiiif'],
    // A judgement that was not possible takes no place among the five.
    ['FNNNFEEF', 'iiiiiiif'],
    // It ends when it is clear and fewer than three of the last five were not.
    ['FFFCCC', 'iifffz'],
    ['FFFCCF', 'iiffff'],
  ];
  for (const [findings, kinds] of cases) assert.equal(run(findings, rule).kinds, kinds, findings);
  assert.equal(run('FFFF', { ...rule, forMs: 2 * MINUTE }).kinds, 'iipp');
});

test('what counts occurrences remembers them, and no more than it looks back, until an outage makes them worthless', () => {
  const rule = { occurrences: { hits: 3, of: 5 }, forMs: 0 };
  const { state } = run('FCCFCFN', rule);
  assert.equal(state.recent, '00101');
  assert.equal(isForgettable(run('F', rule).state), false);
  assert.equal(isForgettable(run('FCCCCC', rule).state), true);
  const late = step(run('FF', rule).state, LETTERS.F!, { ...RULE, ...rule }, 70 * MINUTE);
  assert.deepEqual([late.state.kind, late.state.recent], ['inactive', '1']);
});

test('while a rule does not judge, every clock stands still and nobody is told', () => {
  let { state } = run('FN', { noData: 'fire', noDataForMs: 2 * MINUTE });
  for (let minute = 3; minute <= 100; minute++) {
    const paused = pause(state, RULE, minute * MINUTE);
    assert.equal(paused.transition, null);
    state = paused.state;
  }
  assert.deepEqual([state.kind, state.health], ['pending', { kind: 'nodata', since: 100 * MINUTE }]);
  assert.equal(run('FF', {}, state, 101).kinds, 'pf', 'a minute before the pause and one after it');
  assert.equal(pause(run('FFF').state, RULE, 900 * MINUTE).state.kind, 'firing');
  const { recent } = pause(run('FF', { occurrences: { hits: 3, of: 5 } }).state, RULE, 5 * MINUTE).state;
  assert.equal(recent, '11');
  const resolved = run('FFFCCCC').state;
  assert.equal(pause(resolved, RULE, 22 * MINUTE).transition?.reason, 'forgotten');
});

test('a tick that was taken before changes nothing', () => {
  const { state } = run('FF');
  for (const minute of [0, 1, 2])
    assert.deepEqual(step(state, LETTERS.C!, RULE, minute * MINUTE), { state, transition: null });
});

test('after an hour without evaluation the clocks start anew, after less they go on', () => {
  const pending = run('F').state;
  assert.equal(step(pending, LETTERS.F!, RULE, 62 * MINUTE).state.kind, 'firing', '61 minutes: interval and tolerance');
  const late = step(pending, LETTERS.F!, RULE, 63 * MINUTE);
  assert.equal(late.state.kind, 'pending');
  assert.equal(run('FF', {}, late.state, 64).kinds, 'pf');
  const recovering = run('FFFC').state;
  assert.equal(step(recovering, LETTERS.C!, RULE, 70 * MINUTE).state.kind, 'recovering');
});

test('an alert whose rule is gone ends by that name, and is told only where it fired', () => {
  const at = 50 * MINUTE;
  const cases: [findings: string, to: string, notify: string | null | undefined][] = [
    ['C', 'inactive', undefined],
    ['F', 'inactive', null],
    ['FFF', 'resolved', 'resolved'],
    ['FFFC', 'resolved', 'resolved'],
  ];
  for (const [findings, to, notify] of cases) {
    const ended = end(run(findings).state, 'rule_removed', at);
    assert.equal(ended.state.kind, to, findings);
    assert.equal(ended.transition?.notify, notify, findings);
    if (ended.state.kind === 'resolved')
      assert.deepEqual([ended.state.reason, ended.state.resolvedAt], ['rule_removed', at]);
  }
});

test('a resolved alert without a rule is forgotten after its time, and its number is not used again', () => {
  const resolved = end(run('FFF').state, 'version_superseded', 10 * MINUTE).state;
  assert.equal(end(resolved, 'rule_removed', 24 * MINUTE).transition, null);
  const forgotten = end(resolved, 'rule_removed', 25 * MINUTE);
  assert.deepEqual(
    [forgotten.state.kind, forgotten.transition?.reason, forgotten.transition?.notify],
    ['inactive', 'forgotten', null],
  );
  assert.equal(isForgettable(forgotten.state), false);
  assert.equal(run('FFF', {}, forgotten.state, 26).state.episode, 2);
});

test('what never fired need not be stored', () => {
  assert.ok(isForgettable(NEVER_SEEN));
  assert.ok(isForgettable(run('FC').state));
  assert.ok(!isForgettable(run('F').state));
  assert.ok(!isForgettable(run('N').state), 'how long data has lacked must be known');
});

const letters = fc.string({ unit: fc.constantFrom('F', 'D', 'C', 'N', 'I', 'E'), maxLength: 80 });
const anyRule = fc.record({
  forMs: fc.nat(4).map((minutes) => minutes * MINUTE),
  keepFiringForMs: fc.nat(4).map((minutes) => minutes * MINUTE),
  noData: fc.constantFrom('nodata' as const, 'keep' as const, 'ok' as const, 'fire' as const),
  onError: fc.constantFrom('keep' as const, 'error' as const, 'fire' as const),
});

test('whatever comes, firing and resolved are told in turns, with numbers that count up', () => {
  fc.assert(
    fc.property(letters, anyRule, (findings, rule) => {
      const told = run(findings, rule).transitions.filter((one) => one.notify !== null);
      for (const [index, one] of told.entries()) {
        assert.equal(one.notify, index % 2 === 0 ? 'firing' : 'resolved');
        assert.equal(one.episode, 1 + (index >> 1));
      }
    }),
  );
});

test('whatever comes, stopping and going on from the stored state gives the same history', () => {
  fc.assert(
    fc.property(letters, anyRule, fc.nat(80), (findings, rule, cut) => {
      const whole = run(findings, rule);
      const first = run(findings.slice(0, cut), rule);
      // The last tick is evaluated twice, as after a crash between saving and saying so.
      const again = Math.max(0, Math.min(cut, findings.length) - 1);
      const second = run(findings.slice(again), rule, first.state, 1 + again);
      assert.deepEqual(second.state, whole.state);
      assert.deepEqual([...first.transitions, ...second.transitions], whole.transitions);
    }),
  );
});

test('where a budget has a say, fire holds only beyond chance, and what no longer fires is clear unless clear says when', () => {
  const stepped = (clear: StepRule['clear']) => {
    const rule = { ...RULE, clear, forMs: 0, keepFiringForMs: 0 };
    let state: AlertState = NEVER_SEEN;
    return [
      [11, false],
      [11, true],
      [11, false],
      [4, false],
    ].map(([value, isBeyond], i) => {
      const finding = { health: 'ok', value: Number(value), chance: { isBeyond: Boolean(isBeyond) } } as const;
      state = step(state, finding, rule, (i + 1) * MINUTE).state;
      return state.kind;
    });
  };
  assert.deepEqual(stepped(ANY_VALUE), ['inactive', 'firing', 'resolved', 'resolved']);
  assert.deepEqual(stepped(parseCondition('< 5')), ['inactive', 'firing', 'firing', 'resolved']);
});

import type { Finding } from './finding.ts';
import type { CompositeJudgement, Rule } from './rule.ts';
import { without } from './verdict.ts';

/** One alert of a rule at a tick: its finding, and whether it fires. */
export type Member = { readonly finding: Finding; readonly isFiring: boolean };

/** Whether something holds; null where that cannot be told. */
type Truth = boolean | null;

/**
 * Judges alerts of a group together, for each version of a model that one of them speaks of; alerts without a version
 * (silence, or versions taken together) count for each version of their model. `members` has what was judged of each rule at
 * the same tick, by its name. Of a rule one firing alert is enough; a rule of which nothing could be judged leaves it open,
 * and the composite is `insufficient` where the answer hangs on that (Kleene's logic of three values).
 */
export function judgeComposite(
  rule: Rule,
  judgement: CompositeJudgement,
  members: ReadonlyMap<string, readonly Member[]>,
  tick: number,
): Finding[] {
  const names = [...judgement.all, ...judgement.any, ...judgement.none];
  const everything = names.flatMap((name) => members.get(name) ?? []).map(({ finding }) => finding);
  const withVersion = everything.filter(({ labels }) => labels.version !== undefined);
  const bare = everything.filter(
    ({ labels }) => labels.version === undefined && withVersion.every((one) => one.labels.model !== labels.model),
  );
  const subjects = new Map([...withVersion, ...bare].map((one) => [subjectOf(one), one]));
  return [...subjects.values()].map((subject): Finding => {
    const truthOf = (name: string): Truth => truthIn(members.get(name) ?? [], subject);
    const holds = and([
      and(judgement.all.map(truthOf)),
      judgement.any.length === 0 ? true : not(and(judgement.any.map((name) => not(truthOf(name))))),
      and(judgement.none.map((name) => not(truthOf(name)))),
    ]);
    const { model = '', version } = subject.labels;
    const firing = names.filter((name) => truthOf(name) === true);
    const open = names.filter((name) => truthOf(name) === null);
    const verdict =
      holds === null
        ? without('insufficient', 0, `it hangs on what cannot be judged: ${open.join(', ')}`)
        : {
            health: 'ok' as const,
            value: holds ? 1 : 0,
            samples: names.length,
            message: null,
            evidence: holds ? evidenceOf(firing, judgement) : [],
          };
    return {
      labels: { alertname: rule.alert, ...rule.labels, model, ...(version === undefined ? {} : { version }) },
      measure: judgement.measure,
      ...verdict,
      baselineId: null,
      baseline: null,
      version: subject.version,
      seriesId: null,
      spanFrom: Math.min(...everything.map(({ spanFrom }) => spanFrom)),
      spanTo: tick,
    };
  });
}

/** The composites of a group in such an order that each comes after those it takes. There are no circles: they were refused. What is not in the group is passed over. */
export function inOrder(rules: readonly Rule[]): Rule[] {
  const byName = new Map(rules.map((rule) => [rule.alert, rule]));
  const done = new Set<Rule>();
  const visit = (rule: Rule): void => {
    if (done.has(rule)) return;
    const { judgement } = rule;
    if (judgement.kind === 'composite') {
      for (const name of [...judgement.all, ...judgement.any, ...judgement.none]) {
        const member = byName.get(name);
        if (member !== undefined) visit(member);
      }
    }
    done.add(rule);
  };
  for (const rule of rules) if (rule.judgement.kind !== 'composite') done.add(rule);
  for (const rule of rules) visit(rule);
  return [...done];
}

function subjectOf({ labels }: Finding): string {
  return JSON.stringify([labels.model, labels.version]);
}

function truthIn(members: readonly Member[], subject: Finding): Truth {
  const own = members.filter(
    ({ finding: { labels } }) =>
      labels.model === subject.labels.model &&
      (labels.version === undefined || labels.version === subject.labels.version),
  );
  if (own.some(({ isFiring }) => isFiring)) return true;
  // Of what a rule says nothing at all, no alert of it fires.
  return own.length === 0 || own.some(({ finding }) => finding.health === 'ok') ? false : null;
}

function and(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function evidenceOf(firing: readonly string[], { none }: CompositeJudgement): string[] {
  const lines = firing.map((name) => `${name} fires`);
  return none.length === 0 ? lines : [...lines, `none of ${none.join(', ')} fires`];
}

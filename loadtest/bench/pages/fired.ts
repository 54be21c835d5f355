import { readFileSync } from 'node:fs';
import { Engine } from '../../../collector/src/alerting/engine.ts';
import { MemoryJudgeStore } from '../../../collector/src/alerting/memory-judge-store.ts';
import type { Chance } from '../../../collector/src/chance/chance.ts';
import { ChanceHere } from '../../../collector/src/chance/chance-here.ts';
import { formatMistakes } from '../../../collector/src/checked-yaml.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import type { RuleSet } from '../../../collector/src/rules/rule-set.ts';
import { HOUR_MS, type ModelStream } from './stream.ts';
import { StreamSource } from './stream-source.ts';

/** Somebody was told that an alert began. `tick` in hours since the epoch; an alert of a model has no field. */
export type Fired = {
  readonly alert: string;
  readonly model: string;
  readonly field: string | null;
  readonly tick: number;
  readonly value: number | null;
};

/** The rules for tables as they are shipped. */
export function tabularRules(): RuleSet {
  const name = 'alerts/tabular.yaml';
  const loaded = loadRules(readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8'), name);
  if (!loaded.ok) throw new Error(formatMistakes(loaded.mistakes));
  // All windows are whole when they are asked for, so there is nothing late to wait for.
  return { ...loaded.rules, groups: loaded.rules.groups.map((group) => ({ ...group, queryOffsetMs: 0 })) };
}

/** Judges the models at every tick after hour `from` up to hour `until`, by the collector's own engine; every alert that began, in order. `chance` keeps what it once drew. */
export async function firedIn(
  models: readonly ModelStream[],
  rules: RuleSet,
  from: number,
  until: number,
  chance: Chance = new ChanceHere(),
): Promise<Fired[]> {
  const fired: Fired[] = [];
  const store = new MemoryJudgeStore(from * HOUR_MS, ({ changes }) => {
    for (const { alert, transition } of changes) {
      if (transition?.notify !== 'firing') continue;
      const { labels, lastValue } = alert;
      fired.push({
        alert: alert.alertname,
        model: labels.model!,
        field: labels.field ?? null,
        tick: transition.at / HOUR_MS,
        value: lastValue,
      });
    }
  });
  const source = new StreamSource(models);
  const engine = new Engine({ rules, source, store, publicUrl: null, onTick: () => undefined, chance });
  await engine.judgeUntil(until * HOUR_MS, () => false);
  return fired;
}

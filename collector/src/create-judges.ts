import { Engine, type OnTick } from './alerting/engine.ts';
import { ProjectJudges } from './alerting/project-judges.ts';
import type { Chance } from './chance/chance.ts';
import { type Clock, wallClock } from './clock.ts';
import type { Config } from './config.ts';
import type { LiveRules } from './live-rules.ts';
import { AlertTable } from './store/alerts.ts';
import type { Database } from './store/database.ts';
import { StoreJudgingSource } from './store/judging-source.ts';
import type { KnownRetention } from './store/known-retention.ts';
import { LateTable } from './store/late-judging.ts';
import { DEFAULT_PROJECT, listProjects } from './store/projects.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

/** What judging needs of the other rooms. */
type Neighbours = {
  readonly database: Database;
  readonly config: Config;
  readonly liveRules: LiveRules;
  readonly known: KnownRetention;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly onTick: OnTick;
  readonly telemetry: Telemetry;
};

/** Judges every project of the store by the rules in use. */
export function createJudges(parts: Neighbours): ProjectJudges {
  const { database, config, liveRules, known, clock, chance, onTick, telemetry } = parts;
  return new ProjectJudges({
    projects: () => listProjects(database),
    judgeOf: ({ id, name }) =>
      new Engine({
        rules: liveRules.rules,
        source: new StoreJudgingSource(database, id, () => clock.now() - known.of(id).minutes),
        store: new AlertTable(database, id, wallClock),
        chance,
        late: new LateTable({ database, projectId: id, wallClock }),
        labels: id === DEFAULT_PROJECT.id ? {} : { project: name },
        publicUrl: config.publicUrl,
        onTick,
        observer: telemetry.onJudged,
      }),
  });
}

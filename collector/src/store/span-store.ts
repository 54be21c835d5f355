import type { SpanStore } from '../alerting/judged-span.ts';
import type { KeptFor } from '../kept-for.ts';
import { selectHistory } from './alert-history.ts';
import type { Database } from './database.ts';
import { StoreJudgingSource } from './judging-source.ts';
import { listModels, listVersions } from './models.ts';
import { listProjectsKept } from './project-retention.ts';
import { DEFAULT_PROJECT, listProjects } from './projects.ts';

type SpanStoreOptions = {
  /** For how long a project keeps what where it says nothing itself. */
  readonly keptFor: KeptFor;
  /** What moves judging. */
  readonly time: 'wall' | 'data';
  readonly publicUrl: string | null;
};

/** The stored history of one project, for judging spans of it. */
export function createSpanStore(
  database: Database,
  projectId: number,
  { keptFor, time, publicUrl }: SpanStoreOptions,
): SpanStore {
  return {
    models: () => listModels(database, projectId),
    newestEnd: async (model) => {
      const ends = (await listVersions(database, projectId, model)).map(({ last_window }) => last_window ?? -Infinity);
      const newest = Math.max(-Infinity, ...ends);
      return newest === -Infinity ? null : newest;
    },
    source: async (newest) => {
      const kept = (await listProjectsKept(database, keptFor)).get(projectId) ?? keptFor;
      const now = time === 'data' ? newest : Date.now();
      return new StoreJudgingSource(database, projectId, () => now - kept.minutes);
    },
    history: (since, until, model) => selectHistory(database, projectId, since, until, model),
    labels: async () => {
      if (projectId === DEFAULT_PROJECT.id) return {};
      const project = (await listProjects(database)).find(({ id }) => id === projectId);
      return project === undefined ? {} : { project: project.name };
    },
    publicUrl,
  };
}

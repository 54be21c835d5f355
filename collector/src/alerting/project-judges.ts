import type { Judge } from './judge-loop.ts';

/** A project whose models are judged. */
export type JudgedProject = { readonly id: number; readonly name: string };

/** Judges one project, and says how far (ms, event time) it is behind a watermark. */
export type ProjectJudge = Judge & { overdueMs(watermark: number): number };

type ProjectJudgesOptions = {
  /** Those that are there now. */
  readonly projects: () => Promise<readonly JudgedProject[]>;
  readonly judgeOf: (project: JudgedProject) => ProjectJudge;
};

/** Judges one project after the other by the same rules; what fails in one holds up no other. */
export class ProjectJudges implements Judge {
  readonly #options: ProjectJudgesOptions;
  readonly #judges = new Map<number, ProjectJudge>();

  constructor(options: ProjectJudgesOptions) {
    this.#options = options;
  }

  /** @throws what the first project threw that could not be judged, when all have had their turn. */
  async judgeUntil(watermark: number, isStopping: () => boolean): Promise<void> {
    const failures: unknown[] = [];
    for (const project of await this.#options.projects()) {
      if (isStopping()) return;
      const judge = this.#judges.get(project.id) ?? this.#options.judgeOf(project);
      this.#judges.set(project.id, judge);
      try {
        await judge.judgeUntil(watermark, isStopping);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Judges by new judges from the next run on, such as after the rules have changed; a run under way ends as it began. */
  startOver(): void {
    this.#judges.clear();
  }

  /** How far the project that is furthest behind is behind; 0 = none is. */
  overdueMs(watermark: number): number {
    return Math.max(0, ...[...this.#judges.values()].map((judge) => judge.overdueMs(watermark)));
  }
}

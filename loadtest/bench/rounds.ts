/** Work to be timed, one of several that take turns. */
export type Task = {
  readonly id: string;
  /** What has to be ready but is not to be timed. */
  readonly prepare?: () => void;
  /** Timed. The number says how many units of work (values, merges) it was. */
  readonly run: (round: number) => number;
};

export type RoundOptions = {
  readonly warmUpMs: number;
  readonly rounds: number;
  /** A task is repeated within a round until it took about this long, so that the clock's grain does not show. */
  readonly taskMs: number;
};

const MOST_REPEATS = 10;

/**
 * Every task's nanoseconds per unit, one for each round. All take turns in every round, each round begins with another,
 * and all have had an equal share of the time of the warm-up, however slow they are: fast code needs as long to be
 * compiled as slow code.
 */
export function interleaved(tasks: readonly Task[], options: RoundOptions): Map<string, number[]> {
  const lastMs = warmUp(tasks, options.warmUpMs);
  const repeats = tasks.map(({ id }) =>
    Math.min(MOST_REPEATS, Math.max(1, Math.ceil(options.taskMs / lastMs.get(id)!))),
  );
  const ns = new Map(tasks.map(({ id }) => [id, [] as number[]]));
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < tasks.length; turn++) {
      const which = (turn + round) % tasks.length;
      const task = tasks[which]!;
      ns.get(task.id)!.push(perUnit(task, round, repeats[which]!));
    }
  }
  return ns;
}

/** Runs all in turn, each until its share of the time is used. @returns the time of each one's last run. */
function warmUp(tasks: readonly Task[], wholeMs: number): Map<string, number> {
  const share = wholeMs / tasks.length;
  const used = new Map(tasks.map(({ id }) => [id, 0]));
  const last = new Map<string, number>();
  let round = 0;
  do {
    for (const task of tasks) {
      if (round > 0 && used.get(task.id)! >= share) continue;
      task.prepare?.();
      const start = performance.now();
      task.run(round);
      const ms = performance.now() - start;
      used.set(task.id, used.get(task.id)! + ms);
      last.set(task.id, Math.max(ms, 1e-3));
    }
    round++;
  } while (tasks.some(({ id }) => used.get(id)! < share));
  return last;
}

function perUnit(task: Task, round: number, repeats: number): number {
  let ms = 0;
  let units = 0;
  for (let i = 0; i < repeats; i++) {
    task.prepare?.();
    const start = performance.now();
    units += task.run(round * repeats + i);
    ms += performance.now() - start;
  }
  return (ms * 1e6) / units;
}

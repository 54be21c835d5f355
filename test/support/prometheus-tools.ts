import { type SpawnSyncReturns, spawnSync } from 'node:child_process';

/** Programs of Prometheus, found on the PATH. */
export type PrometheusProgram = 'promtool' | 'prometheus';

/** Why tests of this program cannot run here; false where they can. For the `skip` of a test. */
export function missing(program: PrometheusProgram): string | false {
  return spawnSync(program, ['--version']).error === undefined ? false : `${program} is not installed`;
}

/** Runs `promtool` with these arguments and this standard input. */
export function promtool(args: readonly string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync('promtool', args, { input, encoding: 'utf8' });
}

/** Every sample of a text in Prometheus's format by its series, labels in order: `name{a="1"}`. */
export function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const blank = line.lastIndexOf(' ');
      return [line.slice(0, blank), Number(line.slice(blank + 1))];
    }),
  );
}

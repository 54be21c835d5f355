import { checkName, WireError } from '@tidemark/proto';
import { createBaseline } from '../baseline/create.ts';
import { expectedSeries, type KnownSeries } from '../baseline/expected-series.ts';
import { readFile } from '../baseline/read-file.ts';
import { CollectorError } from '../errors.ts';
import { insertBaseline } from '../store/baselines.ts';
import type { Database } from '../store/database.ts';
import { ensureVersion, listVersions } from '../store/models.ts';
import { listSeries } from '../store/series.ts';
import { readArguments, requireOptions } from './arguments.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, withProject } from './open-store.ts';
import { showBar } from './show-bar.ts';

export const baselineCreate: Command = {
  name: 'baseline create',
  usage:
    'baseline create --from FILE --model NAME --version VERSION --name NAME [--partial] [--project NAME] [--config tidemark.yaml] [--json]',
  summary:
    'Make a reference from a CSV, Parquet or JSON Lines file; columns are named stage.field, such as input.origin. ' +
    'Every input and feature that the version is known to have must be there, except with --partial.',
  async run(args) {
    const { values } = readArguments(
      args,
      {
        ...PROJECT_OPTIONS,
        from: { type: 'string' },
        model: { type: 'string' },
        version: { type: 'string' },
        name: { type: 'string' },
        partial: { type: 'boolean' },
        json: { type: 'boolean' },
      },
      { min: 0, max: 0 },
      this.usage,
    );
    const { from, model, version, name } = requireOptions(values, ['from', 'model', 'version', 'name'], this.usage);
    checkNames({ model, version, name });
    // A file that is absent or has no header is refused before the store is opened, and perhaps made.
    const bar = showBar(from);
    const file = await readFile(from, bar.told).finally(bar.end);
    return withProject(values, async ({ database, projectId }) => {
      const known = await knownSeries(database, projectId, model, version);
      // The rows are read to their end before anything is written: a bad file changes nothing.
      const expected = expectedSeries(known, file.columns, values.partial);
      const created = await createBaseline(file, { expected }).finally(bar.end);
      const versionId = await ensureVersion(database, projectId, model, version);
      const id = await insertBaseline(database, {
        versionId,
        name,
        source: from,
        rows: created.rows,
        series: created.series.values(),
      });
      if (id === null) {
        const text = `${model} ${version} has a baseline named ${name} already, and baselines never change. Choose another name.`;
        throw new CollectorError('BASELINE_INVALID', text);
      }
      const series = [...created.series.values()].map(({ stage, field, kind, summary }) => ({
        stage,
        field,
        kind,
        valid: summary.kinds.valid,
      }));
      if (values.json === true) console.log(JSON.stringify({ id, name, model, version, rows: created.rows, series }));
      else console.log(`baseline ${name} of ${model} ${version}: ${created.rows} rows, ${series.length} series`);
      return 0;
    });
  },
};

/** Names keep the limits of the wire, or no agent could ever send data for them. */
function checkNames(names: Readonly<Record<string, string>>): void {
  for (const [option, value] of Object.entries(names)) {
    try {
      checkName(`--${option}`, value);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      throw new CollectorError('USAGE', error.message, { cause: error });
    }
  }
}

async function knownSeries(
  database: Database,
  projectId: number,
  model: string,
  version: string,
): Promise<KnownSeries> {
  const known = (await listVersions(database, projectId, model)).find((one) => one.version === version);
  if (known === undefined) return { declared: [], seen: [] };
  return { declared: known.fields, seen: await listSeries(database, known.id) };
}

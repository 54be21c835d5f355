import { createBaseline } from '../baseline/create.ts';
import { readFile } from '../baseline/read-file.ts';
import { loadConfig } from '../config.ts';
import { CollectorError } from '../errors.ts';
import { createLog } from '../log.ts';
import { insertBaseline } from '../store/baselines.ts';
import { ensureVersion } from '../store/models.ts';
import { openStore } from '../store/open.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const baselineCreate: Command = {
  name: 'baseline create',
  usage: 'baseline create --from FILE --model NAME --version VERSION --name NAME [--config tidemark.yaml] [--json]',
  summary: 'Make a reference from a CSV or Parquet file; columns are named stage.field, such as input.origin.',
  async run(args) {
    const { values } = readArguments(
      args,
      {
        config: { type: 'string' },
        from: { type: 'string' },
        model: { type: 'string' },
        version: { type: 'string' },
        name: { type: 'string' },
        json: { type: 'boolean' },
      },
      { min: 0, max: 0 },
      this.usage,
    );
    const { from, model, version, name } = values;
    if (from === undefined || model === undefined || version === undefined || name === undefined) {
      throw new CollectorError(
        'USAGE',
        `--from, --model, --version and --name are needed\nusage: tidemark ${this.usage}`,
      );
    }
    const config = await loadConfig(values.config, process.env);
    // The file is read to its end before the store is touched: a bad file changes nothing.
    const created = await createBaseline(await readFile(from));
    const database = await openStore(config, createLog(config.log));
    try {
      const versionId = await ensureVersion(database, model, version);
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
    } finally {
      await database.close();
    }
  },
};

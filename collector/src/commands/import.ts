import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { findExport } from '../store/move/export-place.ts';
import { importStore } from '../store/move/import-store.ts';
import { openDatabase } from '../store/open.ts';
import { readArguments, requireOptions } from './arguments.ts';
import type { Command } from './command.ts';
import { showProgress, stopSignal } from './show-progress.ts';

export const importCommand: Command = {
  name: 'import',
  usage: 'import --in DIR|FILE [--config tidemark.yaml] [--json]',
  summary: 'Put an exported store into an empty database, all of it or nothing.',
  async run(args) {
    const options = { config: { type: 'string' }, in: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    const place = requireOptions(values, ['in'], this.usage).in;
    const config = await loadConfig(values.config, process.env);
    const file = await findExport(place);
    const log = createLog(config.log);
    const database = await openDatabase(config, log);
    try {
      const report = await importStore(database, file, log, { onProgress: showProgress(), signal: stopSignal() });
      const rows = Object.values(report.rows).reduce((sum, n) => sum + n, 0);
      if (values.json === true) console.log(JSON.stringify(report));
      else console.log(`${rows} rows of ${Object.keys(report.rows).length} tables are in the store`);
      return 0;
    } finally {
      await database.close();
    }
  },
};

import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { placeForExport } from '../store/move/export-place.ts';
import { exportStore } from '../store/move/export-store.ts';
import { openExisting } from '../store/open.ts';
import { readArguments, requireOptions } from './arguments.ts';
import type { Command } from './command.ts';
import { showProgress, stopSignal } from './show-progress.ts';

// `export` is a word of the language.
export const exportCommand: Command = {
  name: 'export',
  usage: 'export --out DIR|FILE [--config tidemark.yaml] [--json]',
  summary:
    'Write everything in the store into one file, to be imported elsewhere. Stop the collector first: what it stores ' +
    'after this has begun is not in the file.',
  async run(args) {
    const options = { config: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    const { out } = requireOptions(values, ['out'], this.usage);
    const config = await loadConfig(values.config, process.env);
    const file = await placeForExport(out, Date.now());
    const database = await openExisting(config, createLog(config.log));
    try {
      const report = await exportStore(database, file, { onProgress: showProgress(), signal: stopSignal() });
      const rows = Object.values(report.rows).reduce((sum, n) => sum + n, 0);
      if (values.json === true) console.log(JSON.stringify(report));
      else console.log(`${rows} rows of ${Object.keys(report.rows).length} tables, ${report.bytes} bytes: ${file}`);
      return 0;
    } finally {
      await database.close();
    }
  },
};

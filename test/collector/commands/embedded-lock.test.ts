import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { lockDirectory } from '../../../collector/src/store/lock.ts';
import { EMBEDDED_ONLY } from '../../support/database.ts';
import { folderWith, tidemark } from './program.ts';

const NAMES = ['--model', 'm', '--version', '1', '--name', 'n'];
/** Every command that opens the store. */
const COMMANDS: readonly (readonly string[])[] = [
  ['serve'],
  ['migrate'],
  ['migrate', '--check'],
  ['baseline', 'create', '--from', 'train.csv', ...NAMES],
  ['baseline', 'list'],
  ['baseline', 'bounds', 'm', '1'],
  ['models', 'list'],
  ['models', 'settings', 'm', '1'],
  ['models', 'set', 'm', '1', '--file', 'settings.yaml'],
  ['export', '--out', 'store.tidemark.gz'],
  ['import', '--in', 'train.csv'],
];

describe('a process that has the embedded store', EMBEDDED_ONLY, () => {
  test('keeps every command out, which says who has it and what to do', async (t) => {
    const folder = await folderWith(t, { 'train.csv': 'x\n1\n', 'settings.yaml': 'bounds: []\n' });
    const dataDir = join(folder, 'data');
    const lock = await lockDirectory(dataDir);
    // What makes a directory look like a database: nobody may come far enough to read it.
    await mkdir(join(dataDir, 'pg'));
    await writeFile(join(dataDir, 'pg', 'PG_VERSION'), '18\n');
    const settings = {
      TIDEMARK_DATA_DIR: dataDir,
      TIDEMARK_LOG: 'error',
      TIDEMARK_GRPC: '127.0.0.1:0',
      TIDEMARK_HTTP: '127.0.0.1:0',
    };
    for (const command of COMMANDS) {
      const { code, stdout, stderr } = await tidemark(command, settings, folder);
      assert.deepEqual([code, stdout], [1, ''], `${command.join(' ')}: ${stderr}`);
      assert.match(
        stderr,
        new RegExp(
          `^tidemark: data directory .* is in use by process ${process.pid} on .*Stop that process, or choose`,
        ),
      );
    }
    const doctor = await tidemark(['doctor'], settings, folder);
    assert.equal(doctor.code, 0, doctor.stdout);
    assert.match(
      doctor.stdout,
      new RegExp(`^skipped {2}database {8}process ${process.pid} on .* has the embedded store`, 'm'),
    );
    await lock.release();
  });
});
